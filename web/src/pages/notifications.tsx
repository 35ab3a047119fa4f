import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useList, useNotification } from '../api/lists';
import { reasonSentence } from '../lib/reasons';
import { Link, pageOf } from '../lib/router';
import { notificationWords, spell, stateWord } from '../lib/words';
import { Why } from '../parts/because';
import { Block, Empty, Fact, IdLink, Lines, State, Trouble } from '../parts/bits';
import { type Filter, Filters, Views } from '../parts/filters';
import { At, When } from '../parts/now';
import { type Column, Table } from '../parts/table';

type Notification = Schemas['Notification'];

const states = [
  'decided',
  'shadowed',
  'held',
  'queued',
  'sent',
  'delivered',
  'bounced',
  'failed',
  'collapsed',
  'retracted',
];
const kindWord = (kind: string) => notificationWords[kind] ?? spell(kind);
const channelWord = (channel: string) =>
  channel === 'sms' ? 'SMS' : channel === 'email' ? 'E-mail' : spell(channel);

const filters: Filter[] = [
  { name: 'state', options: states, words: stateWord },
  { name: 'kind', options: Object.keys(notificationWords), words: kindWord },
  { name: 'channel', options: ['email', 'sms'], words: channelWord },
  { name: 'since', day: true },
];

const columns: Column<Notification>[] = [
  {
    id: 'kind',
    header: 'Message',
    cell: (row) => (
      <Link to={pageOf(row.id)} title={row.kind}>
        {row.subject ?? kindWord(row.kind)}
      </Link>
    ),
    value: (row) => row.kind,
  },
  {
    id: 'state',
    header: 'State',
    cell: (row) => <State value={row.state} />,
    value: (row) => row.state,
  },
  {
    id: 'none',
    header: 'Why not sent',
    cell: (row) => row.none && <span title={row.none}>{reasonSentence(row.none)}</span>,
    value: (row) => row.none,
  },
  {
    id: 'channel',
    header: 'Channel',
    cell: (row) => channelWord(row.channel),
    value: (row) => row.channel,
  },
  { id: 'to', header: 'To', cell: (row) => <bdi>{row.to}</bdi>, value: (row) => row.to },
  {
    id: 'decided_at',
    header: 'Decided',
    cell: (row) => <When at={row.decided_at} />,
    value: (row) => row.decided_at,
  },
  {
    id: 'sent_at',
    header: 'Sent',
    cell: (row) => <When at={row.sent_at} />,
    value: (row) => row.sent_at,
  },
  {
    id: 'shipment',
    header: 'Shipment',
    cell: (row) => <IdLink id={row.shipment} />,
    value: (row) => row.shipment,
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

export function Notifications() {
  const list = useList('notification', [
    ...filters.map((f) => f.name),
    'order',
    'shipment',
    'incident',
    'customer',
    'until',
  ]);
  return (
    <div className="page wide">
      <header>
        <h1>Messages</h1>
      </header>
      <Views
        views={[
          ['All', '/notifications'],
          ['Sent', '/notifications?state=sent'],
          ['Held back', '/notifications?state=held'],
          ['Kept in shadow', '/notifications?state=shadowed'],
          ['Failed', '/notifications?state=failed'],
        ]}
      />
      <Filters filters={filters} />
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : !list.isPending && list.rows.length === 0 ? (
        <Empty title={list.filtered ? 'No message matches these filters' : 'No message yet'}>
          {list.filtered
            ? 'Take a filter away, or choose All above.'
            : 'Each message that was decided stands here and can be read as the shopper reads it, also without a mail server.'}
        </Empty>
      ) : (
        <Table
          name="notifications"
          label="Messages"
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

export function NotificationPage({ id }: { id: string }) {
  const { data, error, refetch } = useNotification(id);
  if (error && !data) {
    return (
      <div className="page">
        <h1>Message {id}</h1>
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
      <header>
        <p className="trail">
          <Link to="/notifications">Messages</Link> / <span className="mono">{data.id}</span>
        </p>
        <h1>{data.rendered?.subject ?? data.subject ?? kindWord(data.kind)}</h1>
        <dl className="facts">
          <Fact name="State">
            <State value={data.state} />
            {data.none && <p title={data.none}>{reasonSentence(data.none)}</p>}
          </Fact>
          <Fact name="Message">
            <span title={data.kind}>{kindWord(data.kind)}</span>
          </Fact>
          <Fact name="Channel">
            {channelWord(data.channel)}
            {data.sender !== 'aftermile' && `, sent by ${spell(data.sender)}`}
          </Fact>
          <Fact name="To">{data.to && <bdi>{data.to}</bdi>}</Fact>
          <Fact name="Decided">
            <At at={data.decided_at} />
          </Fact>
          <Fact name="May leave">{data.due_at && !data.sent_at && <At at={data.due_at} />}</Fact>
          <Fact name="Sent">{data.sent_at && <At at={data.sent_at} />}</Fact>
          <Fact name="Attempts">{data.attempts ? String(data.attempts) : undefined}</Fact>
          <Fact name="Last error">{data.last_error}</Fact>
          <Fact name="Template">{data.template}</Fact>
          <Fact name="Incident">{data.incident && <IdLink id={data.incident} />}</Fact>
          <Fact name="Shipment">{data.shipment && <IdLink id={data.shipment} />}</Fact>
          <Fact name="Order">{data.order && <IdLink id={data.order} />}</Fact>
        </dl>
        <Why because={data.because} />
      </header>
      <Letter notification={data} />
    </div>
  );
}

function Letter({ notification }: { notification: Notification }) {
  const [plain, setPlain] = useState(false);
  const rendered = notification.rendered;
  if (!rendered) {
    return (
      <Block title="What the shopper reads">
        <p className="quiet">The text is no longer kept, or belongs to an erased person.</p>
      </Block>
    );
  }
  return (
    <Block
      title="What the shopper reads"
      note={
        rendered.html && (
          <button type="button" className="link-button" onClick={() => setPlain(!plain)}>
            {plain ? 'As e-mail' : 'As plain text'}
          </button>
        )
      }
    >
      <p className="quiet">Subject: {rendered.subject}</p>
      {rendered.html && !plain ? (
        // Without allow-scripts nothing in the message can run; links open in a page of their own.
        <iframe
          className="letter"
          title="The message"
          sandbox="allow-popups"
          srcDoc={rendered.html}
        />
      ) : (
        <div className="letter-text" dir="auto">
          {rendered.text}
        </div>
      )}
    </Block>
  );
}
