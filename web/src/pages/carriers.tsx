import type { Schemas } from '../api/client';
import { useList } from '../api/lists';
import { carrierWord, exceptionWord, serviceWord } from '../lib/words';
import { Empty, Trouble } from '../parts/bits';
import { Views } from '../parts/filters';
import { When } from '../parts/now';
import { type Column, Table } from '../parts/table';

type Card = Schemas['Scorecard'];

const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`;

/** A rate with its interval and n; thin data is greyed, not hidden. */
function RateText({ rate }: { rate?: Schemas['Rate'] }) {
  if (!rate || rate.n === 0) return null;
  return (
    <span
      className={rate.n < 30 ? 'quiet' : undefined}
      title={rate.n < 30 ? 'Too few to lean on' : undefined}
    >
      {percent(rate.rate)}{' '}
      <span className="quiet">
        ({percent(rate.low)} to {percent(rate.high)}, n = {rate.n})
      </span>
    </span>
  );
}

const columns: Column<Card>[] = [
  {
    id: 'carrier',
    header: 'Carrier',
    cell: (row) => row.carrier && carrierWord(row.carrier),
    value: (row) => row.carrier,
  },
  {
    id: 'service',
    header: 'Service',
    cell: (row) => serviceWord(row.service),
    value: (row) => row.service,
  },
  { id: 'lane', header: 'Lane', cell: (row) => row.lane, value: (row) => row.lane },
  {
    id: 'shipments',
    header: 'Shipments',
    number: true,
    cell: (row) => row.shipments,
    value: (row) => row.shipments,
  },
  {
    id: 'on_time',
    header: 'On time',
    cell: (row) => <RateText rate={row.on_time} />,
    value: (row) => row.on_time?.rate,
  },
  {
    id: 'exceptions',
    header: 'Most frequent trouble',
    cell: (row) => {
      const worst = [...(row.exceptions ?? [])].sort((a, b) => b.rate.rate - a.rate.rate)[0];
      return (
        worst && `${exceptionWord(worst.kind)} ${percent(worst.rate.rate)}, n = ${worst.rate.n}`
      );
    },
    value: (row) => row.exceptions?.map((each) => `${each.kind} ${each.rate.rate}`).join(' '),
  },
  {
    id: 'lost',
    header: 'Lost',
    cell: (row) => <RateText rate={row.lost} />,
    value: (row) => row.lost?.rate,
  },
  {
    id: 'published_at',
    header: 'Published',
    cell: (row) => <When at={row.published_at} />,
    value: (row) => row.published_at,
  },
];

export function Carriers() {
  const list = useList('carrier', ['by', 'carrier'], { by: 'carrier,service' });
  return (
    <div className="page wide">
      <header>
        <h1>Carriers</h1>
        <p className="quiet">
          As the published profile has them; rates bear their 95 % interval and n.
        </p>
      </header>
      <Views
        views={[
          ['By service', '/carriers'],
          ['By carrier', '/carriers?by=carrier'],
          ['By lane', '/carriers?by=carrier,service,lane'],
        ]}
      />
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : !list.isPending && list.rows.length === 0 ? (
        <Empty title="No profile is published yet">
          Each parcel counts from its hand-off on; the first profile is published within the hour
          after.
        </Empty>
      ) : (
        <Table
          name="scorecards"
          label="Scorecards"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          more={list.more}
          loading={list.isPending}
        />
      )}
    </div>
  );
}
