import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useList } from '../api/lists';
import { reasonSentence } from '../lib/reasons';
import { Link, pageOf } from '../lib/router';
import { carrierWord, exceptionWord, exceptionWords, stateWord } from '../lib/words';
import { Empty, IdLink, Kind, Severity, State, Trouble } from '../parts/bits';
import { type Filter, Filters, Views } from '../parts/filters';
import { Icon } from '../parts/icons';
import { IncidentActions } from '../parts/incident_actions';
import { Countdown, When } from '../parts/now';
import { type Column, Table } from '../parts/table';

type Incident = Schemas['IncidentSummary'];

const kinds = Object.keys(exceptionWords).reverse();
const filters: Filter[] = [
  { name: 'state', options: ['open', 'closed'] },
  { name: 'kind', options: kinds, words: exceptionWord },
  { name: 'exception', options: kinds, words: exceptionWord },
  { name: 'severity', options: ['urgent', 'high', 'normal', 'low', 'info'] },
  { name: 'customer_state', options: ['open', 'waiting', 'remedied', 'closed'] },
  { name: 'money_state', options: ['open', 'settled', 'lapsed'] },
  { name: 'carrier' },
  { name: 'owner' },
  { name: 'since', day: true },
];

const glyphs = [
  ['customer_told', 'message', 'Customer told'],
  ['ticket', 'ticket', 'Ticket'],
  ['cover', 'cover', 'Cover'],
  ['carrier_claim', 'claim', 'Carrier claim'],
  ['performance', 'performance', 'Record'],
  ['return_risk', 'return', 'Return risk'],
] as const;

function Marks({ answers }: { answers?: Schemas['AnswerBriefs'] }) {
  if (!answers) return null;
  return (
    <span className="marks">
      {glyphs.map(([name, glyph, word]) => {
        const answer = answers[name];
        const said = answer?.id
          ? `done${answer.state ? `, ${stateWord(answer.state).toLowerCase()}` : ''}`
          : answer?.none
            ? reasonSentence(answer.none)
            : 'unknown';
        return (
          <span key={name} title={`${word}: ${said}`} data-done={!!answer?.id}>
            <Icon name={answer?.id ? glyph : 'none'} />
            <span className="visually-hidden">
              {word}: {said}
            </span>
          </span>
        );
      })}
    </span>
  );
}

function answered(incident: Incident): string {
  return glyphs
    .map(([name]) => incident.answers?.[name]?.id ?? incident.answers?.[name]?.none ?? '')
    .join(' | ');
}

const columns: Column<Incident>[] = [
  {
    id: 'severity',
    header: 'Severity',
    cell: (row) => <Severity value={row.severity} />,
    value: (row) => row.severity,
    sort: ['-severity'],
  },
  {
    id: 'text',
    header: 'What happened',
    cell: (row) => (
      <Link to={pageOf(row.id)} title={row.text}>
        {row.text ?? exceptionWord(row.kind)}
      </Link>
    ),
    value: (row) => row.text ?? row.kind,
  },
  {
    id: 'kind',
    header: 'Kind',
    cell: (row) => <Kind value={row.kind} />,
    value: (row) => row.kind,
  },
  {
    id: 'answers',
    header: 'Answers',
    cell: (row) => <Marks answers={row.answers} />,
    value: answered,
  },
  {
    id: 'deadline',
    header: 'Deadline',
    cell: (row) => <Countdown at={row.deadline} zone={row.zone} />,
    value: (row) => row.deadline,
    sort: ['deadline'],
  },
  {
    id: 'opened_at',
    header: 'Opened',
    cell: (row) => <When at={row.opened_at} zone={row.zone} />,
    value: (row) => row.opened_at,
    sort: ['-opened_at', 'opened_at'],
  },
  {
    id: 'customer_state',
    header: 'Customer',
    cell: (row) => <State value={row.customer_state} />,
    value: (row) => row.customer_state,
  },
  {
    id: 'money_state',
    header: 'Money',
    cell: (row) => <State value={row.money_state} />,
    value: (row) => row.money_state,
  },
  { id: 'owner', header: 'Owner', cell: (row) => row.owner, value: (row) => row.owner },
  {
    id: 'carrier',
    header: 'Carrier',
    cell: (row) => row.carrier && carrierWord(row.carrier),
    value: (row) => row.carrier,
  },
  {
    id: 'tracking_number',
    header: 'Tracking number',
    cell: (row) =>
      row.shipment && <IdLink id={row.shipment}>{row.tracking_number ?? row.shipment}</IdLink>,
    value: (row) => row.tracking_number,
    hidden: true,
  },
  {
    id: 'order',
    header: 'Order',
    cell: (row) => <IdLink id={row.order}>{row.order_reference}</IdLink>,
    value: (row) => row.order_reference ?? row.order,
  },
  {
    id: 'next_contact_due',
    header: 'Next contact',
    cell: (row) => <Countdown at={row.next_contact_due} zone={row.zone} />,
    value: (row) => row.next_contact_due,
    hidden: true,
  },
  {
    id: 'id',
    header: 'Id',
    cell: (row) => <IdLink id={row.id} />,
    value: (row) => row.id,
    hidden: true,
  },
];

const names = [
  ...filters.map((filter) => filter.name),
  'order',
  'shipment',
  'tracking_number',
  'until',
  'q',
  'sort',
];

export function Incidents() {
  const list = useList('incident', names);
  const [chosen, choose] = useState(new Set<string>());
  const [acting, act] = useState<string[]>();
  return (
    <div className="page wide">
      <header>
        <h1>Incidents</h1>
      </header>
      <Views
        views={[
          ['Open, by deadline', '/incidents?state=open&sort=deadline'],
          ['Open, gravest first', '/incidents?state=open&sort=-severity'],
          ['Mine', '/incidents?state=open&owner=me'],
          ['Nobody’s', '/incidents?state=open&owner=none'],
          ['All', '/incidents'],
        ]}
      />
      <Filters filters={filters} search="Order, number, id" />
      {chosen.size > 0 && (
        <div className="tools" role="toolbar" aria-label="Selected incidents">
          <span>{chosen.size} selected</span>
          <button type="button" className="plain" onClick={() => act([...chosen])}>
            Act on them
          </button>
          <button type="button" className="plain" onClick={() => choose(new Set())}>
            Clear selection
          </button>
        </div>
      )}
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : !list.isPending && list.rows.length === 0 ? (
        <Empty title={list.filtered ? 'No incident matches these filters' : 'No incident yet'}>
          {list.filtered
            ? 'Take a filter away, or choose All above.'
            : 'A parcel in trouble opens one here by itself: late, silent, damaged, lost. Send tracking events to POST /v1/tracking-events and they are watched from the first scan.'}
        </Empty>
      ) : (
        <Table
          name="incidents"
          label="Incidents"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          to={(row) => pageOf(row.id)}
          selection={{ chosen, set: choose }}
          onAct={act}
          more={list.more}
          loading={list.isPending}
          defaultSort="-opened_at"
        />
      )}
      {acting && (
        <IncidentActions ids={acting} close={() => act(undefined)} done={() => choose(new Set())} />
      )}
    </div>
  );
}
