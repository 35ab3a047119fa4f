import type { Schemas } from '../api/client';
import { useList, useShipment, useTimeline } from '../api/lists';
import { money } from '../lib/money';
import { Link, pageOf } from '../lib/router';
import { absolute, dayRange, localDay } from '../lib/time';
import {
  carrierWord,
  exceptionWord,
  exceptionWords,
  milestoneWord,
  milestoneWords,
  serviceWord,
} from '../lib/words';
import { Block, Empty, Fact, IdLink, Kind, Lines, Trouble } from '../parts/bits';
import { type Filter, Filters, Views } from '../parts/filters';
import { At, When } from '../parts/now';
import { type Column, Table } from '../parts/table';
import { Timeline } from '../parts/timeline';

type Shipment = Schemas['Shipment'];

const filters: Filter[] = [
  { name: 'milestone', options: Object.keys(milestoneWords), words: milestoneWord },
  { name: 'exception', options: Object.keys(exceptionWords).reverse(), words: exceptionWord },
  { name: 'carrier' },
  { name: 'tracking_number' },
  { name: 'since', day: true },
];

const columns: Column<Shipment>[] = [
  {
    id: 'tracking_number',
    header: 'Tracking number',
    cell: (row) => <Link to={pageOf(row.id)}>{row.tracking_number || row.id}</Link>,
    value: (row) => row.tracking_number,
  },
  {
    id: 'carrier',
    header: 'Carrier',
    cell: (row) => carrierWord(row.carrier),
    value: (row) => row.carrier,
  },
  {
    id: 'service',
    header: 'Service',
    cell: (row) => <span title={row.service}>{serviceWord(row.service)}</span>,
    value: (row) => row.service,
  },
  {
    id: 'milestone',
    header: 'Where it is',
    cell: (row) => <span title={row.milestone}>{milestoneWord(row.milestone)}</span>,
    value: (row) => row.milestone,
  },
  {
    id: 'exceptions_open',
    header: 'Wrong',
    cell: (row) => row.exceptions_open.map((kind) => <Kind key={kind} value={kind} />),
    value: (row) => row.exceptions_open.join(' '),
  },
  {
    id: 'promised',
    header: 'Promised',
    cell: (row) => dayRange(row.promised?.earliest, row.promised?.latest),
    value: (row) => row.promised?.latest,
  },
  {
    id: 'last_scan_at',
    header: 'Last scan',
    cell: (row) => <When at={row.last_scan_at} zone={row.zone} />,
    value: (row) => row.last_scan_at,
  },
  {
    id: 'order',
    header: 'Order',
    cell: (row) => <IdLink id={row.order}>{row.order_reference}</IdLink>,
    value: (row) => row.order_reference ?? row.order,
  },
  {
    id: 'reference',
    header: 'Reference',
    cell: (row) => row.reference,
    value: (row) => row.reference,
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

export function Shipments() {
  const list = useList('shipment', [
    ...filters.map((f) => f.name),
    'order',
    'reference',
    'until',
    'q',
  ]);
  return (
    <div className="page wide">
      <header>
        <h1>Shipments</h1>
      </header>
      <Views
        views={[
          ['All', '/shipments'],
          ['On their way', '/shipments?milestone=in_transit'],
          ['Late', '/shipments?exception=late'],
          ['Silent', '/shipments?exception=transit_silence'],
        ]}
      />
      <Filters filters={filters} search="Number, reference, id" />
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : !list.isPending && list.rows.length === 0 ? (
        <Empty title={list.filtered ? 'No shipment matches these filters' : 'No shipment yet'}>
          {list.filtered
            ? 'Take a filter away, or choose All above.'
            : 'Send them to POST /v1/shipments, connect a store or a warehouse, or import the past with aftermile import history. A tracking event with an unknown number opens one too.'}
        </Empty>
      ) : (
        <Table
          name="shipments"
          label="Shipments"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          to={(row) => pageOf(row.id)}
          more={list.more}
          loading={list.isPending}
        />
      )}
    </div>
  );
}

function expected(shipment: Shipment): string {
  const { earliest, latest, likely } = shipment.expected ?? {};
  const day = (at?: string) => (at ? localDay(at, shipment.zone) : undefined);
  return dayRange(day(earliest ?? likely), day(latest ?? likely));
}

export function ShipmentPage({ id }: { id: string }) {
  const { data, error, refetch } = useShipment(id);
  const timeline = useTimeline(id);
  if (error && !data) {
    return (
      <div className="page">
        <h1>Shipment {id}</h1>
        <Trouble error={error} retry={() => void refetch()} />
      </div>
    );
  }
  if (!data) {
    return (
      <div className="page">
        <Lines count={12} />
      </div>
    );
  }
  return (
    <div className="page">
      <Head shipment={data} />
      <Block
        title="Timeline"
        note={timeline.data && `${timeline.data.length} entries, newest last`}
      >
        {timeline.error ? (
          <Trouble error={timeline.error} retry={() => void timeline.refetch()} />
        ) : !timeline.data ? (
          <Lines />
        ) : timeline.data.length === 0 ? (
          <Empty title="Nothing has happened yet">
            Its scans, messages, tickets and claims will stand here in one line of time.
          </Empty>
        ) : (
          <Timeline entries={timeline.data} zone={data.zone} />
        )}
      </Block>
    </div>
  );
}

function Head({ shipment }: { shipment: Shipment }) {
  const wrong = shipment.exceptions_open;
  return (
    <header>
      <p className="trail">
        <Link to="/shipments">Shipments</Link> / <span className="mono">{shipment.id}</span>
      </p>
      <h1>{shipment.text ?? milestoneWord(shipment.milestone)}</h1>
      <dl className="facts">
        <Fact name="Carrier">
          {[carrierWord(shipment.carrier), serviceWord(shipment.service)]
            .filter(Boolean)
            .join(', ')}
          <br />
          <span className="mono">{shipment.tracking_number}</span>
        </Fact>
        <Fact name="Where it is">
          <span title={shipment.milestone} data-milestone={shipment.milestone}>
            {milestoneWord(shipment.milestone)}
          </span>
          {shipment.attempts > 0 && `, ${shipment.attempts} delivery attempts`}
        </Fact>
        <Fact name="Open exceptions">
          {wrong.length === 0
            ? 'None'
            : wrong.map((kind, index) => (
                <span key={kind}>
                  {index > 0 && ', '}
                  <Kind value={kind} />
                </span>
              ))}
          {shipment.incident && (
            <>
              <br />
              <IdLink id={shipment.incident}>The incident</IdLink>
            </>
          )}
        </Fact>
        <Fact name="Promised">
          {shipment.promised?.latest && (
            <span
              title={
                shipment.promised.due_at &&
                `Until ${absolute(shipment.promised.due_at, shipment.zone)}`
              }
            >
              {dayRange(shipment.promised.earliest, shipment.promised.latest)}
            </span>
          )}
        </Fact>
        <Fact name="Expected">{shipment.expected && expected(shipment)}</Fact>
        <Fact name="Delivered">
          {shipment.delivered_at && <At at={shipment.delivered_at} zone={shipment.zone} />}
        </Fact>
        <Fact name="Last scan">
          {shipment.last_scan_at && <When at={shipment.last_scan_at} zone={shipment.zone} />}
        </Fact>
        <Fact name="Order">
          {shipment.order ? (
            <IdLink id={shipment.order}>{shipment.order_reference ?? shipment.order}</IdLink>
          ) : (
            'Not known yet'
          )}
        </Fact>
        <Fact name="To">
          {shipment.ship_to &&
            [
              shipment.ship_to.city,
              shipment.ship_to.region,
              shipment.ship_to.postcode,
              shipment.ship_to.country,
            ]
              .filter(Boolean)
              .join(', ')}
        </Fact>
        <Fact name="Value">{shipment.declared_value && money(shipment.declared_value)}</Fact>
        <Fact name="Cover">{shipment.cover && <IdLink id={shipment.cover} />}</Fact>
        <Fact name="The shopper’s page">
          {shipment.tracking_page_url && (
            <a href={shipment.tracking_page_url} target="_blank" rel="noreferrer">
              Tracking page
            </a>
          )}
        </Fact>
      </dl>
    </header>
  );
}
