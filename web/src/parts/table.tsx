// The table of every list: sticky header, column choice, keys, selection, CSV of what is shown,
// virtual rows above 200.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { csv, download } from '../lib/csv';
import { useKeys } from '../lib/keys';
import { navigate, useFilters } from '../lib/router';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** What the CSV holds. */
  value: (row: Row) => string | number | undefined | null;
  number?: boolean;
  /** Values of `sort` for this column: first press, second press. */
  sort?: [string, string?];
  /** Not shown until chosen. */
  hidden?: boolean;
}

interface Props<Row> {
  name: string;
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowId: (row: Row) => string;
  to?: (row: Row) => string;
  selection?: { chosen: Set<string>; set: (next: Set<string>) => void };
  onAct?: (ids: string[]) => void;
  more?: { has: boolean; busy: boolean; load: () => void };
  loading?: boolean;
  defaultSort?: string;
  short?: boolean;
}

const rowHeight = 36;

function useColumns<Row>(columns: Column<Row>[], name: string) {
  const [query, set] = useFilters();
  const chosen = query.get(name)?.split(',');
  const shown = columns.filter((c) => (chosen ? chosen.includes(c.id) : !c.hidden));
  const toggle = (id: string) => {
    const ids = new Set(shown.map((c) => c.id));
    if (ids.has(id)) ids.delete(id);
    else ids.add(id);
    const next = columns.filter((c) => ids.has(c.id)).map((c) => c.id);
    const usual = columns.filter((c) => !c.hidden).map((c) => c.id);
    set({ [name]: next.join() === usual.join() || next.length === 0 ? undefined : next.join() });
  };
  return { shown, toggle };
}

export function Table<Row>(props: Props<Row>) {
  const { columns, rows, rowId, to, selection, onAct, more, loading } = props;
  const { shown, toggle } = useColumns(columns, props.short ? `${props.name}_columns` : 'columns');
  const [at, setAt] = useState(-1);
  const wrap = useRef<HTMLDivElement>(null);
  const virtual = rows.length > 200;
  const rowsView = useVirtualizer({
    count: rows.length,
    getScrollElement: () => wrap.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    enabled: virtual,
  });

  const go = (next: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, next));
    setAt(index);
    if (virtual) rowsView.scrollToIndex(index);
    else
      wrap.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const current = rows[at];
  const choose = (id: string) => {
    const next = new Set(selection?.chosen);
    if (next.has(id)) next.delete(id);
    else next.add(id);
    selection?.set(next);
  };
  useKeys({
    j: () => go(at + 1),
    k: () => go(at - 1),
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    Enter: () => current && to && navigate(to(current)),
    x: () => current && selection && choose(rowId(current)),
    e: () => {
      const ids = selection?.chosen.size ? [...selection.chosen] : current ? [rowId(current)] : [];
      if (ids.length > 0) onAct?.(ids);
    },
  });
  useEffect(() => {
    if (at >= rows.length) setAt(rows.length - 1);
  }, [at, rows.length]);

  const items = virtual
    ? rowsView.getVirtualItems().map((item) => item.index)
    : rows.map((_, index) => index);
  const before = virtual ? (rowsView.getVirtualItems()[0]?.start ?? 0) : 0;
  const last = virtual ? (rowsView.getVirtualItems().at(-1)?.end ?? 0) : 0;
  const after = virtual ? rowsView.getTotalSize() - last : 0;
  const width = shown.length + (selection ? 1 : 0);

  return (
    <>
      <div className={`table-wrap${props.short ? ' short' : ''}`} ref={wrap}>
        <table aria-label={props.label} aria-rowcount={rows.length} aria-busy={loading}>
          <Head {...props} shown={shown} />
          <tbody>
            {before > 0 && (
              <tr className="pad">
                <td colSpan={width} style={{ height: before }} />
              </tr>
            )}
            {loading && rows.length === 0 && <SkeletonRows width={width} />}
            {items.map((index) => {
              const row = rows[index] as Row;
              const id = rowId(row);
              return (
                <tr
                  key={id}
                  data-index={index}
                  data-id={id}
                  className={index === at ? 'current' : undefined}
                  aria-selected={selection ? selection.chosen.has(id) : undefined}
                >
                  {selection && (
                    <td>
                      <input
                        type="checkbox"
                        aria-label={`Select ${id}`}
                        checked={selection.chosen.has(id)}
                        onChange={() => choose(id)}
                      />
                    </td>
                  )}
                  {shown.map((column) => (
                    <td key={column.id} className={column.number ? 'number' : undefined}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
            {after > 0 && (
              <tr className="pad">
                <td colSpan={width} style={{ height: after }} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {(rows.length > 0 || more?.has) && (
        <div className="table-foot">
          <span>
            {rows.length}
            {more?.has ? ' loaded, more to come' : rows.length === 1 ? ' row' : ' rows'}
          </span>
          {more?.has && (
            <button type="button" className="plain" disabled={more.busy} onClick={more.load}>
              {more.busy ? 'Loading' : 'Load more'}
            </button>
          )}
          <button
            type="button"
            className="plain"
            onClick={() =>
              download(
                `${props.name}.csv`,
                csv([shown.map((c) => c.id), ...rows.map((row) => shown.map((c) => c.value(row)))]),
              )
            }
          >
            CSV of these rows
          </button>
          <ColumnChoice columns={columns} shown={shown} toggle={toggle} />
        </div>
      )}
    </>
  );
}

function Head<Row>({
  shown,
  rows,
  rowId,
  selection,
  defaultSort,
}: Props<Row> & { shown: Column<Row>[] }) {
  const [query, set] = useFilters();
  const sort = query.get('sort') ?? defaultSort;
  const all = rows.length > 0 && rows.every((row) => selection?.chosen.has(rowId(row)));
  return (
    <thead>
      <tr>
        {selection && (
          <th scope="col">
            <input
              type="checkbox"
              aria-label="Select all loaded rows"
              checked={all}
              onChange={() => selection.set(all ? new Set() : new Set(rows.map(rowId)))}
            />
          </th>
        )}
        {shown.map(({ id, header, number, sort: ways }) => {
          const active = ways && sort && ways.includes(sort);
          const direction = active
            ? sort.startsWith('-')
              ? 'descending'
              : 'ascending'
            : undefined;
          return (
            <th
              key={id}
              scope="col"
              className={number ? 'number' : undefined}
              aria-sort={direction}
            >
              {ways ? (
                <button
                  type="button"
                  onClick={() => {
                    const next = sort === ways[0] && ways[1] ? ways[1] : ways[0];
                    set({ sort: next === defaultSort ? undefined : next });
                  }}
                >
                  {header}
                  {active ? (direction === 'descending' ? ' ↓' : ' ↑') : ''}
                </button>
              ) : (
                header
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function SkeletonRows({ width }: { width: number }) {
  return Array.from({ length: 10 }, (_, row) => (
    <tr key={row} className="waiting">
      {Array.from({ length: width }, (_, cell) => (
        <td key={cell}>
          <span className="skeleton" style={{ width: `${40 + ((row * 7 + cell * 13) % 45)}%` }} />
        </td>
      ))}
    </tr>
  ));
}

function ColumnChoice<Row>({
  columns,
  shown,
  toggle,
}: {
  columns: Column<Row>[];
  shown: Column<Row>[];
  toggle: (id: string) => void;
}) {
  return (
    <details className="columns up">
      <summary className="plain">Columns</summary>
      <div>
        {columns.map((column) => (
          <label key={column.id}>
            <input
              type="checkbox"
              checked={shown.includes(column)}
              onChange={() => toggle(column.id)}
            />{' '}
            {column.header}
          </label>
        ))}
      </div>
    </details>
  );
}
