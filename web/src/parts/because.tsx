// Why a decision was made: the event, the rule with its versions, the numbers it compared.
import type { ReactNode } from 'react';
import type { Schemas } from '../api/client';
import { comparison } from '../lib/reasons';
import { Link } from '../lib/router';
import { spell } from '../lib/words';

function ruleWords(rule: string): string {
  return rule.split('.').map(spell).join(': ');
}

export function Because({ because, zone }: { because: Schemas['Because']; zone?: string }) {
  const { event, rule, numbers } = because;
  return (
    <div className="because">
      <p title={rule}>
        {ruleWords(rule)} <span className="quiet mono">{rule}</span>
      </p>
      {numbers.length > 0 && (
        <ul>
          {numbers.map((number) => (
            <li key={`${number.name}${number.op}${number.right}`}>{comparison(number, zone)}</li>
          ))}
        </ul>
      )}
      <p className="quiet">
        Policy {because.policy_version}, profile {because.profile_version}, catalog{' '}
        {because.catalog_version}
        {event && (
          <>
            . Caused by{' '}
            <Link to={`/why/${event}`} className="mono">
              {event}
            </Link>
          </>
        )}
      </p>
    </div>
  );
}

interface WhyProps {
  because: Schemas['Because'];
  zone?: string;
  children?: ReactNode;
}

export function Why({ because, zone, children }: WhyProps) {
  return (
    <details className="why">
      <summary>Why</summary>
      <Because because={because} zone={zone} />
      {children}
    </details>
  );
}
