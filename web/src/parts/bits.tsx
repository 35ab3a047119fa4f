// Small parts that every page uses.
import type { ReactNode } from 'react';
import { ApiProblem, type Schemas } from '../api/client';
import { Link, pageOf } from '../lib/router';
import { exceptionWord, spell, stateWord } from '../lib/words';
import { Icon } from './icons';

const tones: Record<string, string> = { urgent: 'bad', high: 'warn', low: 'quiet', info: 'quiet' };

export function Severity({ value }: { value: Schemas['Severity'] }) {
  return (
    <span className={`word ${tones[value] ?? ''}`}>
      <Icon name={value} />
      {spell(value)}
    </span>
  );
}

export function Kind({ value }: { value: string }) {
  return (
    <span className="word" title={value}>
      {exceptionWord(value)}
    </span>
  );
}

export function State({ value, of }: { value?: string; of?: string }) {
  if (!value) return null;
  return (
    <span className="word" title={value}>
      {of ? `${of}: ${stateWord(value).toLowerCase()}` : stateWord(value)}
    </span>
  );
}

export function IdLink({ id, children }: { id?: string | null; children?: ReactNode }) {
  if (!id) return null;
  return (
    <Link to={pageOf(id)} className={children ? undefined : 'mono'}>
      {children ?? id}
    </Link>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined || children === null || children === '' || children === false)
    return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Block({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="block">
      <h2>
        {title}
        {note && <small>{note}</small>}
      </h2>
      {children}
    </section>
  );
}

/** What happened, what was kept, what to do. */
export function Trouble({
  error,
  retry,
  kept,
}: {
  error: unknown;
  retry?: () => void;
  kept?: string;
}) {
  const problem =
    error instanceof ApiProblem
      ? error
      : new ApiProblem(0, 'unexpected', 'Something failed here', String(error));
  return (
    <div className="trouble" role="alert">
      <h2>{problem.title}</h2>
      {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
      {problem.errors.length > 0 && (
        <ul>
          {problem.errors.map((each) => (
            <li key={each.pointer + each.code}>
              <code>{each.pointer}</code> {each.detail}
            </li>
          ))}
        </ul>
      )}
      <dl>
        <dt>Kept</dt>
        <dd>{kept ?? 'Nothing was changed by this page.'}</dd>
        <dt>To do</dt>
        <dd>{toDo(problem)}</dd>
      </dl>
      {retry && (
        <button type="button" className="plain" onClick={retry}>
          Try again
        </button>
      )}
      {problem.requestId && <p className="quiet mono">{problem.requestId}</p>}
    </div>
  );
}

function toDo(problem: ApiProblem): string {
  if (problem.status === 0)
    return 'See whether the server runs and this machine reaches it, then try again.';
  if (problem.status === 401) return 'Sign in again: aftermile users link prints a new link.';
  if (problem.status === 403) return 'Ask whoever administers this installation for the right.';
  if (problem.status === 404)
    return 'It may belong to another merchant, or the address may be mistyped.';
  if (problem.status === 409)
    return 'Someone may have acted first. Load the page anew and look at its state.';
  if (problem.status === 422 || problem.status === 400)
    return 'Change what is named above and send it again.';
  if (problem.status === 429) return 'Wait a moment, then try again.';
  return 'Try again. If it stays, the server log has more under the request number below.';
}

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p className="quiet">{children}</p>
    </div>
  );
}

const widths = ['62%', '48%', '71%', '55%', '66%', '43%'];

/** The shape of a page of text while it loads. */
export function Lines({ count = 6 }: { count?: number }) {
  return (
    <div aria-busy="true" role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: count }, (_, i) => (
        <p key={i} style={{ margin: '12px 0' }}>
          <span className="skeleton" style={{ width: widths[i % widths.length] }} />
        </p>
      ))}
    </div>
  );
}
