import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useIncident } from '../api/lists';
import { useKeys } from '../lib/keys';
import { money } from '../lib/money';
import { Link } from '../lib/router';
import { carrierWord, exceptionWord, stateWord } from '../lib/words';
import { Why } from '../parts/because';
import { Block, Fact, IdLink, Kind, Lines, Severity, State, Trouble } from '../parts/bits';
import { IncidentActions } from '../parts/incident_actions';
import { At, Countdown, When } from '../parts/now';
import { Tiles } from '../parts/tiles';
import { Timeline } from '../parts/timeline';

type Incident = Schemas['Incident'];

export function IncidentPage({ id }: { id: string }) {
  const { data, error, refetch } = useIncident(id);
  const [acting, act] = useState<'menu' | 'assign' | 'note' | 'remedy' | 'close'>();
  useKeys({ e: () => act('menu') }, !!data);
  if (error && !data) {
    return (
      <div className="page">
        <h1>Incident {id}</h1>
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
      <Head incident={data} />
      <div className="actions">
        <button type="button" className="plain" onClick={() => act('menu')}>
          Act <kbd>e</kbd>
        </button>
        <button type="button" className="plain" onClick={() => act('assign')}>
          Assign
        </button>
        <button type="button" className="plain" onClick={() => act('note')}>
          Note
        </button>
        <button type="button" className="plain" onClick={() => act('remedy')}>
          Remedy
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => act('close')}
          disabled={data.customer_state === 'closed'}
        >
          Close
        </button>
      </div>
      <Tiles answers={data.answers} zone={data.zone} />
      <MoneyBlock incident={data} />
      <Exceptions incident={data} />
      {data.log && data.log.length > 0 && (
        <Block title="What the team did">
          <Timeline entries={data.log} zone={data.zone} />
        </Block>
      )}
      <p className="quiet" style={{ marginTop: 28 }}>
        <Link to={`/why/${data.id}`}>The whole chain of causes</Link>
      </p>
      {acting && (
        <IncidentActions
          ids={[data.id]}
          first={acting === 'menu' ? undefined : acting}
          currency={data.money.customer.currency.replace('XXX', '')}
          close={() => act(undefined)}
        />
      )}
    </div>
  );
}

function Head({ incident }: { incident: Incident }) {
  return (
    <header>
      <p className="trail">
        <Link to="/incidents">Incidents</Link> / <span className="mono">{incident.id}</span>
      </p>
      <h1>{incident.text ?? exceptionWord(incident.kind)}</h1>
      <div className="facts-line">
        <Severity value={incident.severity} />
        <Kind value={incident.kind} />
        <State of="Customer" value={incident.customer_state} />
        <State of="Money" value={incident.money_state} />
        <span>{incident.owner ? `With ${incident.owner}` : 'Nobody has it yet'}</span>
        <span>
          Opened <When at={incident.opened_at} zone={incident.zone} />
        </span>
      </div>
      {incident.merged_into && (
        <p>
          Merged into <IdLink id={incident.merged_into} />.
        </p>
      )}
      <dl className="facts">
        <Fact name="Next deadline">
          {incident.deadline ? (
            <>
              <Countdown at={incident.deadline} zone={incident.zone} />
              <br />
              <At at={incident.deadline} zone={incident.zone} />
              {incident.deadline_text && (
                <>
                  <br />
                  {incident.deadline_text}
                </>
              )}
            </>
          ) : (
            'None'
          )}
        </Fact>
        <Fact name="Next word to the shopper">
          {incident.next_contact_due && (
            <Countdown at={incident.next_contact_due} zone={incident.zone} />
          )}
        </Fact>
        <Fact name="Snoozed until">
          {incident.snoozed_until && <At at={incident.snoozed_until} zone={incident.zone} />}
        </Fact>
        <Fact name="Shipment">
          {incident.shipment && (
            <IdLink id={incident.shipment}>
              {[incident.carrier && carrierWord(incident.carrier), incident.tracking_number]
                .filter(Boolean)
                .join(' ') || incident.shipment}
            </IdLink>
          )}
        </Fact>
        <Fact name="Order">
          {incident.order && (
            <IdLink id={incident.order}>{incident.order_reference ?? incident.order}</IdLink>
          )}
        </Fact>
      </dl>
    </header>
  );
}

const sides = [
  ['customer', 'Customer', 'owed to the shopper'],
  ['insurer', 'Insurer', 'asked of the insurer'],
  ['carrier', 'Carrier', 'asked of the carrier'],
] as const;

function MoneyBlock({ incident }: { incident: Incident }) {
  return (
    <Block title="Money on both sides" note={stateWord(incident.money_state)}>
      <table aria-label="Money on both sides">
        <thead>
          <tr>
            <th scope="col">Side</th>
            <th scope="col" className="number">
              Owed or asked
            </th>
            <th scope="col" className="number">
              Settled
            </th>
            <th scope="col" className="number">
              Still open
            </th>
          </tr>
        </thead>
        <tbody>
          {sides.map(([name, word, meaning]) => {
            const side = incident.money[name];
            const { amount, settled, currency } = side;
            return (
              <tr key={name} data-side={name}>
                <td title={meaning}>{word}</td>
                <td className="number">{money({ amount, currency })}</td>
                <td className="number">{money({ amount: settled, currency })}</td>
                <td className="number">{money({ amount: amount - settled, currency })}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Block>
  );
}

function Exceptions({ incident }: { incident: Incident }) {
  return (
    <Block
      title="What is wrong"
      note={`${incident.exceptions.filter((e) => !e.cleared_at && !e.retracted_at).length} open`}
    >
      {incident.exceptions.map((exception) => (
        <div key={exception.kind + exception.opened_at} style={{ padding: '6px 0' }}>
          <p>
            <Kind value={exception.kind} />
            <span className="quiet">
              {' '}
              since <At at={exception.opened_at} zone={incident.zone} />
              {exception.cleared_at && (
                <>
                  , cleared <When at={exception.cleared_at} zone={incident.zone} />
                </>
              )}
              {exception.retracted_at && ', refuted by a later scan'}
            </span>
          </p>
          {exception.text && <p className="quiet">{exception.text}</p>}
          <Why because={exception.because} zone={incident.zone} />
        </div>
      ))}
    </Block>
  );
}
