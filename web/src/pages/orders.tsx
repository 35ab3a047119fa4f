import type { Schemas } from '../api/client';
import { useList, useOrder } from '../api/lists';
import { money } from '../lib/money';
import { Link, pageOf } from '../lib/router';
import { dayRange } from '../lib/time';
import { carrierWord, exceptionWord, milestoneWord, spell } from '../lib/words';
import { Block, Empty, Fact, IdLink, Lines, Severity, Trouble } from '../parts/bits';
import { type Filter, Filters } from '../parts/filters';
import { At, When } from '../parts/now';
import { type Column, Table } from '../parts/table';

type Order = Schemas['Order'];

const filters: Filter[] = [
  { name: 'reference' },
  { name: 'since', day: true },
  { name: 'until', day: true },
];

const columns: Column<Order>[] = [
  {
    id: 'reference',
    header: 'Order',
    cell: (row) => <Link to={pageOf(row.id)}>{row.reference ?? row.id}</Link>,
    value: (row) => row.reference ?? row.id,
  },
  {
    id: 'placed_at',
    header: 'Placed',
    cell: (row) => <When at={row.placed_at} zone={row.zone} />,
    value: (row) => row.placed_at,
  },
  {
    id: 'customer_name',
    header: 'Customer',
    cell: (row) => <bdi>{row.customer_name}</bdi>,
    value: (row) => row.customer_name,
  },
  {
    id: 'value',
    header: 'Value',
    number: true,
    cell: (row) => money(row.totals?.captured ?? row.totals?.items),
    value: (row) => money(row.totals?.captured ?? row.totals?.items),
  },
  {
    id: 'financial_status',
    header: 'Payment',
    cell: (row) => row.financial_status && spell(row.financial_status),
    value: (row) => row.financial_status,
  },
  {
    id: 'promised',
    header: 'Promised',
    cell: (row) => dayRange(row.promised?.earliest, row.promised?.latest),
    value: (row) => row.promised?.latest,
  },
  {
    id: 'shipments',
    header: 'Shipments',
    number: true,
    cell: (row) => row.shipments?.length ?? '',
    value: (row) => row.shipments?.length,
  },
  {
    id: 'id',
    header: 'Id',
    cell: (row) => <IdLink id={row.id} />,
    value: (row) => row.id,
    hidden: true,
  },
];

export function Orders() {
  const list = useList('order', ['reference', 'customer', 'since', 'until', 'q']);
  return (
    <div className="page wide">
      <header>
        <h1>Orders</h1>
      </header>
      <Filters filters={filters} search="Order number or id" />
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : !list.isPending && list.rows.length === 0 ? (
        <Empty title={list.filtered ? 'No order matches these filters' : 'No order yet'}>
          {list.filtered
            ? 'Take a filter away.'
            : 'Send them to POST /v1/orders, connect a store, or import the past with aftermile import history.'}
        </Empty>
      ) : (
        <Table
          name="orders"
          label="Orders"
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

export function OrderPage({ id }: { id: string }) {
  const { data, error, refetch } = useOrder(id);
  if (error && !data) {
    return (
      <div className="page">
        <h1>Order {id}</h1>
        <Trouble error={error} retry={() => void refetch()} />
      </div>
    );
  }
  if (!data) {
    return (
      <div className="page">
        <Lines count={10} />
      </div>
    );
  }
  return (
    <div className="page">
      <header>
        <p className="trail">
          <Link to="/orders">Orders</Link> / <span className="mono">{data.id}</span>
        </p>
        <h1>Order {data.reference ?? data.id}</h1>
        <dl className="facts">
          <Fact name="Placed">{data.placed_at && <At at={data.placed_at} zone={data.zone} />}</Fact>
          <Fact name="Customer">{data.customer_name && <bdi>{data.customer_name}</bdi>}</Fact>
          <Fact name="Payment">{data.financial_status && spell(data.financial_status)}</Fact>
          <Fact name="Paid">{data.totals?.captured && money(data.totals.captured)}</Fact>
          <Fact name="Promised">{dayRange(data.promised?.earliest, data.promised?.latest)}</Fact>
          <Fact name="Cancelled">
            {data.cancelled_at && <At at={data.cancelled_at} zone={data.zone} />}
          </Fact>
          <Fact name="To">
            {data.ship_to &&
              [data.ship_to.city, data.ship_to.region, data.ship_to.postcode, data.ship_to.country]
                .filter(Boolean)
                .join(', ')}
          </Fact>
        </dl>
      </header>
      <ItsShipments order={data} />
      <ItsIncidents order={data} />
      <LineTable lines={data.lines ?? []} />
    </div>
  );
}

/** The order names its records by id; what they say of themselves follows when it is loaded. */
function ItsShipments({ order }: { order: Order }) {
  const { rows } = useList('shipment', [], { order: order.id });
  return (
    <Block title="Shipments">
      {order.shipments?.length ? (
        order.shipments.map((id) => {
          const row = rows.find((each) => each.id === id);
          return (
            <p key={id}>
              <IdLink id={id}>
                {row?.tracking_number && `${carrierWord(row.carrier)} ${row.tracking_number}`}
              </IdLink>{' '}
              <span className="quiet">
                {row &&
                  [milestoneWord(row.milestone), ...row.exceptions_open.map(exceptionWord)].join(
                    ', ',
                  )}
              </span>
            </p>
          );
        })
      ) : (
        <p className="quiet">Nothing has shipped yet.</p>
      )}
    </Block>
  );
}

function ItsIncidents({ order }: { order: Order }) {
  const { rows } = useList('incident', [], { order: order.id });
  return (
    <Block title="Incidents">
      {order.incidents?.length ? (
        order.incidents.map((id) => {
          const row = rows.find((each) => each.id === id);
          return (
            <p key={id}>
              <IdLink id={id}>{row?.text}</IdLink>{' '}
              {row && (
                <span className="quiet">
                  <Severity value={row.severity} />, {row.closed_at ? 'closed' : 'opened'}{' '}
                  <When at={row.closed_at ?? row.opened_at} zone={order.zone} />
                </span>
              )}
            </p>
          );
        })
      ) : (
        <p className="quiet">None: nothing went wrong.</p>
      )}
    </Block>
  );
}

function LineTable({ lines }: { lines: Schemas['Line'][] }) {
  if (lines.length === 0) return null;
  return (
    <Block title="Lines">
      <div className="table-wrap short">
        <table aria-label="Lines">
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col">SKU</th>
              <th scope="col" className="number">
                Quantity
              </th>
              <th scope="col" className="number">
                Price each
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.reference}>
                <td className="wrap">{line.title ?? line.reference}</td>
                <td className="mono">{line.sku}</td>
                <td className="number">{line.quantity}</td>
                <td className="number">{money(line.unit_price)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Block>
  );
}
