// The six answers in their fixed order, each the thing done or the reason why not.
import type { ReactNode } from 'react';
import type { Schemas } from '../api/client';
import { money } from '../lib/money';
import { reasonSentence } from '../lib/reasons';
import {
  carrierWord,
  fundingWords,
  groundWords,
  notificationWords,
  remedyWords,
  spell,
  stateWord,
} from '../lib/words';
import { Why } from './because';
import { IdLink } from './bits';
import { Icon } from './icons';
import { Countdown, When } from './now';

type Answers = Schemas['Answers'];

const order: [keyof Answers, string, string][] = [
  ['customer_told', 'message', 'Customer told'],
  ['ticket', 'ticket', 'Ticket'],
  ['cover', 'cover', 'Cover'],
  ['carrier_claim', 'claim', 'Carrier claim'],
  ['performance', 'performance', 'Record'],
  ['return_risk', 'return', 'Return risk'],
];

export function Tiles({ answers, zone }: { answers: Answers; zone?: string }) {
  return (
    <div className="tiles">
      {order.map(([name, glyph, word]) => {
        const answer = answers[name];
        return (
          <section className="tile" key={name} data-answer={name} data-none={!answer.id}>
            <h2>
              <Icon name={glyph} />
              {word}
            </h2>
            {answer.none && !answer.id ? (
              <>
                <p className="thing" title={answer.none}>
                  {reasonSentence(answer.none)}
                </p>
                {name === 'cover' && <CoverFacts cover={answers.cover} />}
              </>
            ) : (
              <Thing name={name} answers={answers} zone={zone} />
            )}
            <Why because={answer.because} zone={zone}>
              {answer.text && <p className="quiet">{answer.text}</p>}
              <History history={answer.history} zone={zone} />
            </Why>
          </section>
        );
      })}
    </div>
  );
}

function History({ history, zone }: { history: Schemas['AnswerHistory'][]; zone?: string }) {
  if (history.length === 0) return null;
  return (
    <ol className="history" aria-label="Earlier answers">
      {history.map((earlier) => (
        <li key={earlier.at + (earlier.id ?? earlier.none ?? '')}>
          <span className="quiet">
            Earlier, <When at={earlier.at} zone={zone} />:
          </span>{' '}
          <span title={earlier.none}>
            {earlier.text ?? (earlier.none ? reasonSentence(earlier.none) : '')}
          </span>{' '}
          <IdLink id={earlier.id} />
          {earlier.retracted && <span className="quiet"> (retracted)</span>}
          <p className="quiet mono">{earlier.because.rule}</p>
        </li>
      ))}
    </ol>
  );
}

function Thing({ name, answers, zone }: { name: keyof Answers; answers: Answers; zone?: string }) {
  switch (name) {
    case 'customer_told': {
      const { id, kind, channel, state, sent_at, text } = answers.customer_told;
      return (
        <Shown
          id={id}
          thing={kind ? (notificationWords[kind] ?? spell(kind)) : text}
          sub={
            <>
              {[
                channel === 'sms' ? 'SMS' : channel && 'E-mail',
                state && stateWord(state).toLowerCase(),
              ]
                .filter(Boolean)
                .join(', ')}{' '}
              <When at={sent_at} zone={zone} />
            </>
          }
        />
      );
    }
    case 'ticket': {
      const { id, state, severity, assignee, text } = answers.ticket;
      return (
        <Shown
          id={id}
          thing={state ? `${stateWord(state)} ticket` : text}
          sub={[severity && spell(severity), assignee ? `with ${assignee}` : 'nobody has it yet']
            .filter(Boolean)
            .join(', ')}
        />
      );
    }
    case 'cover':
      return (
        <Shown
          id={answers.cover.id}
          thing={remedyThing(answers.cover)}
          sub={<CoverFacts cover={answers.cover} />}
        />
      );
    case 'carrier_claim':
      return <ClaimThing claim={answers.carrier_claim} zone={zone} />;
    case 'performance': {
      const { id, carrier, service, lane, text } = answers.performance;
      return (
        <Shown
          id={id}
          thing="Counted on the lane’s record"
          sub={
            [carrier && carrierWord(carrier), service && spell(service), lane]
              .filter(Boolean)
              .join(' · ') || text
          }
        />
      );
    }
    case 'return_risk': {
      const { id, level, incentive, text } = answers.return_risk;
      return (
        <Shown
          id={id}
          thing={
            level ? `${spell(level)} risk of a return` : (text ?? 'A return is likelier than usual')
          }
          sub={incentive && `Offer: ${spell(incentive).toLowerCase()}`}
        />
      );
    }
  }
}

function Shown({ id, thing, sub }: { id?: string; thing?: ReactNode; sub?: ReactNode }) {
  return (
    <>
      <p className="thing">
        <IdLink id={id}>{thing ?? id}</IdLink>
      </p>
      {sub && <div className="sub">{sub}</div>}
    </>
  );
}

const remedyThing = ({ remedy, text }: Schemas['AnswerCover']) =>
  remedy ? (remedyWords[remedy] ?? spell(remedy)) : (text ?? 'Covered');

function CoverFacts({ cover }: { cover: Schemas['AnswerCover'] }) {
  return (
    <div className="sub">
      {cover.funding && (
        <>Funded by: {(fundingWords[cover.funding] ?? cover.funding).toLowerCase()}. </>
      )}
      {cover.none && cover.remedy && cover.remedy !== 'none' && <>{remedyThing(cover)}. </>}
      {cover.amount && <>{money(cover.amount)}. </>}
      {cover.claim && <IdLink id={cover.claim}>The shopper’s claim</IdLink>}
    </div>
  );
}

function ClaimThing({ claim, zone }: { claim: Schemas['AnswerCarrierClaim']; zone?: string }) {
  const { id, ground, amount, state, opens_at, deadline, grade, text } = claim;
  return (
    <Shown
      id={id}
      thing={
        ground
          ? `${groundWords[ground] ?? spell(ground)}${amount ? `, ${money(amount)}` : ''}`
          : text
      }
      sub={
        <>
          {state && stateWord(state)}
          {opens_at && (
            <>
              , opens <When at={opens_at} zone={zone} />
            </>
          )}
          {deadline && (
            <>
              , <Countdown at={deadline} zone={zone} />
            </>
          )}
          {grade === 'unverified' && (
            <span className="warn" title="unverified">
              . The carrier’s term is not verified.
            </span>
          )}
        </>
      }
    />
  );
}
