import type { Schemas } from '../api/client';
import { useList } from '../api/lists';
import { carrierWord, spell } from '../lib/words';
import { Block, Empty, IdLink, Trouble } from '../parts/bits';
import { When } from '../parts/now';
import { type Column, Table } from '../parts/table';

type Parked = Schemas['Parked'];
type Task = Schemas['MappingTask'];

const parkedColumns: Column<Parked>[] = [
  { id: 'at', header: 'When', cell: (row) => <When at={row.at} />, value: (row) => row.at },
  { id: 'source', header: 'Door', cell: (row) => spell(row.source), value: (row) => row.source },
  {
    id: 'detail',
    header: 'Why it could not be used',
    cell: (row) => (
      <details>
        <summary title={row.code}>{row.detail}</summary>
        <p className="mono">{row.code}</p>
        {row.body && <pre className="mono">{row.body}</pre>}
      </details>
    ),
    value: (row) => row.detail,
  },
  { id: 'code', header: 'Code', cell: (row) => <code>{row.code}</code>, value: (row) => row.code },
  {
    id: 'tracking_number',
    header: 'Number',
    cell: (row) => row.tracking_number ?? row.reference,
    value: (row) => row.tracking_number ?? row.reference,
  },
  {
    id: 'id',
    header: 'Id',
    cell: (row) => <code>{row.id}</code>,
    value: (row) => row.id,
    hidden: true,
  },
];

const taskColumns: Column<Task>[] = [
  {
    id: 'carrier',
    header: 'Carrier',
    cell: (row) => carrierWord(row.carrier),
    value: (row) => row.carrier,
  },
  { id: 'code', header: 'Code', cell: (row) => <code>{row.code}</code>, value: (row) => row.code },
  {
    id: 'description',
    header: 'The carrier’s words',
    cell: (row) => row.description,
    value: (row) => row.description,
  },
  {
    id: 'count',
    header: 'Seen',
    number: true,
    cell: (row) => row.count,
    value: (row) => row.count,
  },
  {
    id: 'last_seen',
    header: 'Last',
    cell: (row) => <When at={row.last_seen} />,
    value: (row) => row.last_seen,
  },
  {
    id: 'shipment',
    header: 'Example',
    cell: (row) => <IdLink id={row.shipment} />,
    value: (row) => row.shipment,
  },
];

export function ParkedPage() {
  const parked = useList('parked', ['code', 'source', 'since', 'until']);
  const tasks = useList('mapping-task', ['carrier']);
  return (
    <div className="page">
      <header>
        <h1>Parked</h1>
        <p className="quiet">
          What was taken in and could not be used. Nothing of it is lost, and nothing was guessed.
        </p>
      </header>
      <Block title="Events">
        {parked.error ? (
          <Trouble error={parked.error} retry={() => void parked.refetch()} />
        ) : !parked.isPending && parked.rows.length === 0 ? (
          <Empty title="Nothing is parked">
            An event that breaks a rule of the data, such as one from the future, waits here with
            its reason.
          </Empty>
        ) : (
          <Table
            name="parked"
            label="Parked events"
            columns={parkedColumns}
            rows={parked.rows}
            rowId={(row) => row.id}
            more={parked.more}
            loading={parked.isPending}
            short
          />
        )}
      </Block>
      <Block title="Unknown carrier codes">
        {tasks.error ? (
          <Trouble error={tasks.error} retry={() => void tasks.refetch()} />
        ) : !tasks.isPending && tasks.rows.length === 0 ? (
          <Empty title="Every code is known">
            A code that no status table knows never becomes a guess: the parcel keeps its state and
            the code stands here until someone maps it.
          </Empty>
        ) : (
          <Table
            name="mapping-tasks"
            label="Unknown carrier codes"
            columns={taskColumns}
            rows={tasks.rows}
            rowId={(row) => `${row.carrier} ${row.code}`}
            more={tasks.more}
            loading={tasks.isPending}
            short
          />
        )}
      </Block>
    </div>
  );
}
