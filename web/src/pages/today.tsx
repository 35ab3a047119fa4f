import type { Schemas } from '../api/client';
import { useToday } from '../api/lists';
import { money } from '../lib/money';
import { Link, pageOf } from '../lib/router';
import { spell } from '../lib/words';
import { Block, Empty, Fact, Lines, Severity, Trouble } from '../parts/bits';
import { Icon } from '../parts/icons';
import { At, Countdown, When } from '../parts/now';

type Today = Schemas['Today'];
const severities = ['urgent', 'high', 'normal', 'low', 'info'] as const;

export function TodayPage() {
  const { data, error, refetch } = useToday();
  return (
    <div className="page">
      <header>
        <h1>Today</h1>
        {data && (
          <p className="quiet">
            What needs a person now, as of <At at={data.now} />
          </p>
        )}
      </header>
      {error && !data ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : data ? (
        <Numbers today={data} />
      ) : (
        <Lines count={10} />
      )}
    </div>
  );
}

function Numbers({ today }: { today: Today }) {
  const open = severities.reduce((sum, severity) => sum + today.open_incidents[severity], 0);
  const quiet = open === 0 && today.deadlines.length === 0 && today.parked === 0;
  return (
    <>
      <Block
        title="Open incidents"
        note={<Link to="/incidents?state=open&sort=deadline">{open} in all</Link>}
      >
        {open === 0 ? (
          <p className="quiet">None. A parcel in trouble appears here by itself.</p>
        ) : (
          <div className="figures" data-figures="open">
            {severities
              .filter((severity) => today.open_incidents[severity] > 0)
              .map((severity) => (
                <Link key={severity} to={`/incidents?state=open&severity=${severity}`}>
                  <div>
                    <strong data-severity={severity}>{today.open_incidents[severity]}</strong>
                    <Severity value={severity} />
                  </div>
                </Link>
              ))}
          </div>
        )}
      </Block>
      <MoneyAtRisk today={today} />
      <Deadlines today={today} />
      <Work today={today} />
      <Sources today={today} />
      {quiet && <Start />}
    </>
  );
}

function MoneyAtRisk({ today }: { today: Today }) {
  return (
    <Block
      title="Money at risk"
      note={<Link to="/claims?side=carrier&sort=deadline">Claims by deadline</Link>}
    >
      {today.money_at_risk.length === 0 ? (
        <p className="quiet">Nothing that a carrier or an insurer owes is waiting for us.</p>
      ) : (
        <div className="figures" data-figures="money">
          {today.money_at_risk.map((risk) => (
            <div key={risk.currency}>
              <strong>{money(risk)}</strong>
              <span>
                in {risk.claims} {risk.claims === 1 ? 'claim' : 'claims'}
                {risk.next_deadline && (
                  <>
                    , the next: <Countdown at={risk.next_deadline} />
                  </>
                )}
              </span>
            </div>
          ))}
        </div>
      )}
    </Block>
  );
}

function Deadlines({ today }: { today: Today }) {
  if (today.deadlines.length === 0) return null;
  return (
    <Block title="Next deadlines">
      <div className="table-wrap short">
        <table aria-label="Next deadlines">
          <thead>
            <tr>
              <th scope="col">Left</th>
              <th scope="col">What</th>
              <th scope="col" className="number">
                Amount
              </th>
            </tr>
          </thead>
          <tbody>
            {today.deadlines.map((deadline) => (
              <tr key={deadline.id + deadline.type}>
                <td>
                  <Countdown at={deadline.at} />
                </td>
                <td className="wrap">
                  <Link to={pageOf(deadline.id)}>{deadline.text}</Link>
                </td>
                <td className="number">{money(deadline.amount)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Block>
  );
}

function Work({ today }: { today: Today }) {
  return (
    <Block title="Waiting for someone">
      <dl className="facts">
        <Fact name="Shoppers who should hear from us">
          {today.contacts_due !== undefined && (
            <Link to="/incidents?state=open&columns=severity,text,next_contact_due,owner,order">
              {today.contacts_due}
            </Link>
          )}
        </Fact>
        <Fact name="Open tickets">
          {today.tickets_open !== undefined && (
            <Link to="/tickets?state=open">{today.tickets_open}</Link>
          )}
        </Fact>
        <Fact name="New incidents in 24 hours">
          {today.new_incidents_24h !== undefined && String(today.new_incidents_24h)}
        </Fact>
        <Fact name="Parked events">
          <Link to="/parked">{today.parked}</Link>
        </Fact>
        <Fact name="Unknown carrier codes">
          {today.mapping_tasks !== undefined && <Link to="/parked">{today.mapping_tasks}</Link>}
        </Fact>
        <Fact name="Messages not delivered">
          {today.outbox &&
            `${today.outbox.queued} queued, ${today.outbox.retrying} tried again, ${today.outbox.dead} given up`}
        </Fact>
      </dl>
    </Block>
  );
}

function Sources({ today }: { today: Today }) {
  const paused = today.channels?.filter((channel) => channel.paused) ?? [];
  if (today.sources.length === 0 && paused.length === 0) return null;
  return (
    <Block title="Not well">
      {today.sources.map((source) => (
        <p key={source.endpoint}>
          <span className="word warn">
            <Icon name="incident" />
            {spell(source.source)}
          </span>{' '}
          {source.state ?? 'unhealthy'}
          {source.signature_failures ? `, ${source.signature_failures} bad signatures` : ''}, last
          event {source.last_event_at ? <When at={source.last_event_at} /> : 'never'}
        </p>
      ))}
      {paused.map((channel) => (
        <p key={channel.channel}>
          <span className="word warn">
            <Icon name="incident" />
            {spell(channel.channel)} is paused
          </span>
          , {channel.queued ?? 0} waiting. <Link to="/settings">Settings</Link>
        </p>
      ))}
    </Block>
  );
}

function Start() {
  return (
    <Empty title="Nothing needs a person">
      If this installation is new, do three things: connect a store or send orders to POST
      /v1/orders, send tracking events to POST /v1/tracking-events or open a webhook address, and
      stay in shadow until the decisions look right. Then switch to live in{' '}
      <Link to="/settings">Settings</Link>.
    </Empty>
  );
}
