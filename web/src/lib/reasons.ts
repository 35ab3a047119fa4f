// Why an answer is not a thing. A reason is a code and, if it has one, an argument:
// `quiet_hours_until 08:00`.
import { absolute, calendarDay } from './time';
import { carrierWord, spell } from './words';

type Sentence = string | ((argument: string) => string);

const when = (argument: string, withArgument: string, without: string) =>
  argument ? withArgument.replace('%', argument) : without;

const sentences: Record<string, Sentence> = {
  // the customer was not told
  quiet_hours_until: (a) => `It is night where the shopper is; decided anew at ${a}.`,
  quiet_hours: (a) =>
    when(
      a,
      'It is night where the shopper is; decided anew at %.',
      'It is night where the shopper is.',
    ),
  shadow: 'The shop is in shadow: everything is decided, nothing leaves.',
  imported: 'The event came from an import; imports never notify.',
  no_address: 'There is no address to write to.',
  no_contact: 'There is no address to write to.',
  no_consent: 'The shopper has not agreed to this kind of message.',
  no_order: 'The parcel has no order yet, so nobody is known to be told.',
  already_told: (a) =>
    when(a, 'The shopper already knows this (%).', 'The shopper already knows this.'),
  told_recently: 'Another message on the delay left in the last 48 hours.',
  frequency_cap: (a) =>
    when(
      a,
      'The shopper has had enough messages for now; decided anew at %.',
      'The shopper has had enough messages for now.',
    ),
  delay_told_within: (a) =>
    when(
      a,
      'A message on the delay left less than % ago.',
      'A message on the delay left a short while ago.',
    ),
  scan_lag_grace:
    'Scans are often late by some hours; the shopper hears of it when the grace is over.',
  grace_until: (a) => `Scans are often late by some hours; decided anew at ${a}.`,
  channel_paused: (a) => when(a, 'The channel % is paused.', 'The channel is paused.'),
  not_news: 'It changes nothing for the shopper.',
  internal_only: 'It is ours to solve; it changes nothing for the shopper yet.',
  retracted: 'A later scan refuted it, so it was taken back.',
  // no ticket
  below_severity: (a) =>
    when(
      a,
      'Not grave enough to need a person (a ticket opens from %).',
      'Not grave enough to need a person.',
    ),
  // no cover
  not_covered: 'No rule covers this.',
  not_a_loss: 'Nothing is lost or broken, so there is nothing to cover.',
  coverage_expired: 'The cover has ended.',
  // no carrier claim
  guarantee_suspended: (a) => {
    const [service, since] = a.split(' ');
    return `The carrier has suspended its guarantee${service ? ` for ${serviceWord(service)}` : ''}${since ? ` since ${since}` : ''}.`;
  },
  no_guarantee: (a) =>
    when(
      a,
      'The carrier guarantees no date for %.',
      'The carrier guarantees no date for this service.',
    ),
  not_guaranteed: 'The carrier guarantees no date for this service.',
  no_terms: (a) => when(a, 'No terms of % are on file.', 'No terms of this carrier are on file.'),
  no_claim_terms: 'No claim terms of this carrier are on file.',
  unknown_carrier: 'The carrier is not one we know.',
  window_not_open: (a) =>
    when(a, 'The carrier takes claims from % on.', 'The carrier does not take claims yet.'),
  window_closed: (a) =>
    when(a, 'The window for claims closed on %.', 'The window for claims has closed.'),
  window_missed: 'The window for claims has closed.',
  nothing_shipped: 'Nothing has been handed to a carrier yet.',
  not_handed_over: 'Nothing has been handed to a carrier yet.',
  excluded_cause: (a) =>
    when(a, 'The carrier excludes this cause: %.', 'The carrier excludes this cause.'),
  already_claimed: (a) =>
    when(a, 'Already asked for with %.', 'The same money is already asked for.'),
  not_claimable: 'The carrier owes nothing for this.',
  below_minimum: 'The sum is too small to be worth a claim.',
  // no record, no return risk
  already_counted: 'It is already counted once for this parcel.',
  no_lane: 'The lane is unknown, so it counts for none.',
  low_risk: 'A return is not more likely than usual.',
  no_returns_expected: 'A return is not more likely than usual.',
  no_data: 'Too little is known to judge.',
  thin_data: (a) =>
    when(a, 'Too little is known to judge (n = %).', 'Too little is known to judge.'),
  policy: (a) => when(a, 'The policy says so (%).', 'The policy says so.'),
};

function serviceWord(service: string): string {
  const [carrier = '', name] = service.split('/');
  return name ? `${carrierWord(carrier)} ${spell(name)}` : spell(service);
}

function argumentWord(argument: string): string {
  return argument.replace(/\b\d{4}-\d{2}-\d{2}\b(?!T)/g, (day) => calendarDay(day));
}

/** The code of a reason, without its argument. */
export const reasonCode = (none: string) => none.split(' ', 1)[0] ?? none;

/** A reason as one sentence. An unknown code is spelt out, and its argument kept. */
export function reasonSentence(none: string): string {
  const code = reasonCode(none);
  const argument = argumentWord(none.slice(code.length).trim());
  const sender = /^sender_is_(\w+)$/.exec(code);
  if (sender) {
    return sender[1] === 'off'
      ? 'This message is switched off.'
      : `${spell(sender[1] as string)} sends this message.`;
  }
  const found = sentences[code];
  if (typeof found === 'function') return found(argument);
  if (found) return argument ? `${found.replace(/\.$/, '')} (${argument}).` : found;
  return argument ? `${spell(code)}: ${argument}.` : `${spell(code)}.`;
}

const operators: Record<string, string> = {
  '<': 'less than',
  '<=': 'at most',
  '=': 'exactly',
  '>=': 'at least',
  '>': 'more than',
  '!=': 'other than',
};

export interface Compared {
  name: string;
  left: number;
  op: string;
  right: number;
  unit: string;
  n?: number;
}

const dayMilliseconds = 86_400_000;

/** A value of a rule in the words of its unit. */
export function quantity(value: number, unit: string, zone?: string): string {
  switch (unit) {
    case 'instant':
      return absolute(new Date(value / 1000).toISOString(), zone);
    case 'day':
      return calendarDay(new Date(value * dayMilliseconds).toISOString().slice(0, 10));
    case 'ppm':
      return `${Number((value / 10_000).toPrecision(3))} %`;
    case 'minor_units':
      return `${value.toLocaleString('en-US')} minor units`;
    case 'count':
    case 'rank':
    case '':
      return String(value);
    default: {
      const word = unit.replaceAll('_', ' ');
      return `${value} ${value === 1 ? word.replace(/s$/, '') : word}`;
    }
  }
}

/** One comparison of a rule: `Age: 96 hours, at least 72 hours (n = 412)`. */
export function comparison({ name, left, op, right, unit, n }: Compared, zone?: string): string {
  const spelt = spell(name).replace(/ (hours|days|minutes|ppm)$/, '');
  const seen = n === undefined ? '' : ` (n = ${n})`;
  const bound = `${operators[op] ?? op} ${quantity(right, unit, zone)}`;
  return `${spelt}: ${quantity(left, unit, zone)}, ${bound}${seen}`;
}
