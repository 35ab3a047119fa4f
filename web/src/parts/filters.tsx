// Filters live in the address bar under the names of the fields, so an address is a saved view.
import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../lib/keys';
import { Link, useAddress, useFilters } from '../lib/router';
import { spell } from '../lib/words';

export interface Filter {
  name: string;
  options?: readonly string[];
  words?: (value: string) => string;
  day?: boolean;
}

function TextFilter({ name, day }: { name: string; day?: boolean }) {
  const [query, set] = useFilters();
  const value = query.get(name) ?? '';
  const shown = day ? value.slice(0, 10) : value;
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const commit = (next: string) => set({ [name]: day && next ? `${next}T00:00:00Z` : next.trim() });
  return (
    <label className="field">
      {spell(name)}
      <input
        className="input"
        type={day ? 'date' : 'text'}
        name={name}
        data-set={value !== ''}
        size={14}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          if (day) commit(event.target.value);
        }}
        onBlur={() => !day && text !== value && commit(text)}
        onKeyDown={(event) => event.key === 'Enter' && commit(text)}
      />
    </label>
  );
}

export function Filters({ filters, search }: { filters: Filter[]; search?: string }) {
  const [query, set] = useFilters();
  const names = [...filters.map((filter) => filter.name), 'q'];
  const any = names.some((name) => query.get(name));
  const [open, setOpen] = useState(false);
  return (
    <search className="tools" data-open={open}>
      {search && <Search hint={search} />}
      <button
        type="button"
        className="plain filter-toggle"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        Filters
      </button>
      {filters.map(({ name, options, words, day }) =>
        options ? (
          <label className="field" key={name}>
            {spell(name)}
            <select
              className="input"
              name={name}
              data-set={!!query.get(name)}
              value={query.get(name) ?? ''}
              onChange={(event) => set({ [name]: event.target.value })}
            >
              <option value="">any</option>
              {options.map((option) => (
                <option key={option} value={option}>
                  {words ? words(option) : spell(option)}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <TextFilter key={name} name={name} day={day} />
        ),
      )}
      {any && (
        <button
          type="button"
          className="plain"
          onClick={() => set(Object.fromEntries(names.map((name) => [name, undefined])))}
        >
          Clear filters
        </button>
      )}
    </search>
  );
}

function Search({ hint }: { hint: string }) {
  const [query, set] = useFilters();
  const value = query.get('q') ?? '';
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(value), [value]);
  useKeys({ '/': () => input.current?.focus() });
  return (
    <label className="field">
      Search
      <input
        ref={input}
        className="input"
        type="search"
        name="q"
        placeholder={hint}
        size={26}
        data-set={value !== ''}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => text !== value && set({ q: text.trim() })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') set({ q: text.trim() });
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </label>
  );
}

/** Saved views are addresses. */
export function Views({ views }: { views: [string, string][] }) {
  const { path, query } = useAddress();
  const here = `${path}?${query}`.replace(/\?$/, '');
  return (
    <nav className="views" aria-label="Views">
      {views.map(([name, to]) => (
        <Link key={to} to={to} aria-current={here === to ? 'true' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
