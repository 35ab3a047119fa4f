import { useState } from 'react';
import { tickets } from '../api/actions';
import type { Schemas } from '../api/client';
import { useList, useTicket } from '../api/lists';
import { useKeys } from '../lib/keys';
import { Link, navigate, useAddress } from '../lib/router';
import { Why } from '../parts/because';
import { Block, Empty, Fact, IdLink, Lines, Severity, State, Trouble } from '../parts/bits';
import { Dialog, Form, Text, textOf } from '../parts/dialog';
import { Filters, Views } from '../parts/filters';
import { At, When } from '../parts/now';
import { useAct } from '../parts/undo';

type Ticket = Schemas['Ticket'];

export function Tickets({ id }: { id?: string }) {
  const { query } = useAddress();
  const list = useList('ticket', [
    'state',
    'severity',
    'assignee',
    'incident',
    'order',
    'shipment',
    'since',
    'until',
  ]);
  const kept = query.size > 0 ? `?${query}` : '';
  const to = (ticket: Ticket) => `/tickets/${ticket.id}${kept}`;
  const at = list.rows.findIndex((row) => row.id === id);
  const go = (index: number) => {
    const next = list.rows[Math.max(0, Math.min(list.rows.length - 1, index))];
    if (next) navigate(to(next), { replace: true });
  };
  useKeys({ j: () => go(at + 1), k: () => go(at - 1), Enter: () => at < 0 && go(0) });
  return (
    <div className="page wide">
      <header>
        <h1>Tickets</h1>
      </header>
      <Views
        views={[
          ['Open', '/tickets?state=open'],
          ['Pending', '/tickets?state=pending'],
          ['Mine', '/tickets?assignee=me'],
          ['All', '/tickets'],
        ]}
      />
      <Filters
        filters={[
          { name: 'state', options: ['open', 'pending', 'on_hold', 'solved', 'closed'] },
          { name: 'severity', options: ['urgent', 'high', 'normal', 'low', 'info'] },
          { name: 'assignee' },
        ]}
      />
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : !list.isPending && list.rows.length === 0 && !id ? (
        <Empty title={list.filtered ? 'No ticket matches these filters' : 'The inbox is empty'}>
          {list.filtered
            ? 'Take a filter away, or choose All above.'
            : 'A ticket opens by itself when an incident is grave enough to need a person, with what they must know already in it.'}
        </Empty>
      ) : (
        <div className="panes">
          <nav aria-label="Tickets">
            {list.isPending && <Lines count={10} />}
            {list.rows.map((row) => (
              <Link key={row.id} to={to(row)} aria-current={row.id === id ? 'true' : undefined}>
                <strong>{row.subject}</strong>
                <br />
                <span className="quiet">
                  <Severity value={row.severity} /> · <State value={row.state} /> ·{' '}
                  {row.assignee ?? 'nobody'} · <When at={row.opened_at} />
                </span>
              </Link>
            ))}
            {list.more.has && (
              <button
                type="button"
                className="plain"
                onClick={list.more.load}
                disabled={list.more.busy}
              >
                Load more
              </button>
            )}
          </nav>
          <article>
            {id ? (
              <TicketView id={id} />
            ) : (
              <Empty title="Choose a ticket">Click one, or press j and k.</Empty>
            )}
          </article>
        </div>
      )}
    </div>
  );
}

function TicketView({ id }: { id: string }) {
  const { data, error, refetch } = useTicket(id);
  const [acting, setActing] = useState<'assign' | 'note' | 'solve'>();
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Lines />;
  const done = data.state === 'solved' || data.state === 'closed';
  return (
    <>
      <h1 style={{ paddingTop: 12 }}>{data.subject}</h1>
      <div className="facts-line">
        <Severity value={data.severity} />
        <State value={data.state} />
        <span>{data.assignee ? `With ${data.assignee}` : 'Nobody has it yet'}</span>
        <span>
          Opened <When at={data.opened_at} />
        </span>
      </div>
      <div className="actions">
        <button type="button" className="plain" onClick={() => setActing('assign')}>
          Assign
        </button>
        <button type="button" className="plain" onClick={() => setActing('note')}>
          Note
        </button>
        <button type="button" className="plain" disabled={done} onClick={() => setActing('solve')}>
          Solve
        </button>
      </div>
      <dl className="facts">
        <Fact name="Incident">
          <IdLink id={data.incident} />
        </Fact>
        <Fact name="Shipment">{data.shipment && <IdLink id={data.shipment} />}</Fact>
        <Fact name="Order">{data.order && <IdLink id={data.order} />}</Fact>
      </dl>
      {data.body && (
        <Block title="What is known">
          <div className="body-text" dir="auto">
            {data.body}
          </div>
        </Block>
      )}
      {data.notes && data.notes.length > 0 && (
        <Block title="Notes">
          {data.notes.map((note) => (
            <p key={note.at + note.text}>
              <span className="quiet">
                {note.by}, <At at={note.at} />:
              </span>{' '}
              {note.text}
            </p>
          ))}
        </Block>
      )}
      <Why because={data.because} />
      {acting && <TicketAction ticket={data} action={acting} close={() => setActing(undefined)} />}
    </>
  );
}

function TicketAction({
  ticket,
  action,
  close,
}: {
  ticket: Ticket;
  action: 'assign' | 'note' | 'solve';
  close: () => void;
}) {
  const act = useAct();
  const words = { assign: 'Assign', note: 'Write a note', solve: 'Solve' }[action];
  const submit = (values: FormData) => {
    const text = textOf(values, 'text');
    if (action === 'assign')
      act(`Assign to ${text || 'nobody'}`, tickets.assign(ticket.id, text || null));
    else if (action === 'note') act('Note', tickets.note(ticket.id, text));
    else act('Solve the ticket', tickets.solve(ticket.id, text || undefined), true);
    close();
  };
  return (
    <Dialog title={words} close={close}>
      <Form label={words} close={close} submit={submit}>
        <Text
          name="text"
          label={action === 'assign' ? 'To: a name, me, or nothing for nobody' : 'Note'}
          long={action !== 'assign'}
          required={action === 'note'}
          value={action === 'assign' ? 'me' : undefined}
        />
      </Form>
    </Dialog>
  );
}
