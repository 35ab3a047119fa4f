// Why an answer is not a thing. A reason is a code and, if it has one, an argument:
// `quiet_hours_until 08:00`.
import { absolute, calendarDay } from './time';
import { carrierWord, exceptionWord, notificationWords, spell } from './words';

type Sentence = string | ((argument: string) => string);

/** The first sentence has a place `%` for the argument; the second does without. */
const either = (withArgument: string, without: string) => (argument: string) =>
  argument ? withArgument.replace('%', argument) : without;

const sentences: Record<string, Sentence> = {
  // of any answer
  imported: 'It came from an import; imports neither notify nor open tickets.',
  retracted: 'A later scan refuted it, so it was taken back.',
  resolved: 'It was over before anything had to be done.',
  no_order: 'The parcel has no order yet, so nobody is known to be concerned.',
  nothing_shipped: 'Nothing has been handed to a carrier yet.',
  carrier_unknown: 'The carrier is not one we know.',
  facts_missing: 'Facts that the rule needs are missing.',
  // the customer was not told
  quiet_hours_until: (a) => `It is night where the shopper is; decided anew at ${a}.`,
  message_off: (a) => `This message is switched off${a ? ` (${notificationWord(a)})` : ''}.`,
  order_cancelled: 'The order was cancelled.',
  no_contact: 'There is no address to write to.',
  no_consent: 'The shopper has refused such messages.',
  resolved_before_told: 'It was over before the shopper had to hear of it.',
  scan_lag_grace:
    'Scans often come in late; the shopper hears of it when the grace for that is over.',
  // no cover
  no_cover_rule: 'No rule of the policy covers this parcel.',
  no_label: 'Cover is fixed when the label is made, and there is no label yet.',
  // no ticket
  below_severity: 'Not grave enough to need a person.',
  // no carrier claim
  guarantee_suspended: (a) => {
    const [service, month] = a.split(' ');
    const what = service ? ` for ${serviceWord(service)}` : '';
    return `The carrier had suspended its guarantee${what}${month ? ` in ${month}` : ''}.`;
  },
  not_guaranteed: (a) => {
    const [service] = a.split(' ');
    return `The carrier guarantees no date${service ? ` for ${serviceWord(service)}` : ''}.`;
  },
  service_unknown: 'The service is not known, so neither is its guarantee.',
  no_guarantee_terms: (a) => `No guarantee${a ? ` of ${serviceWord(a)}` : ''} is on file.`,
  no_claim_terms: (a) => `No terms for claims${a ? ` on ${serviceWord(a)}` : ''} are on file.`,
  no_ground: (a) => `The carrier owes nothing for this${a ? ` (${exceptionWord(a)})` : ''}.`,
  claims_off: 'The policy has claims on carriers switched off.',
  insurer_recovers: 'The insurer pays and recovers from the carrier itself.',
  cause_gone: 'What the claim rested on is over.',
  clock_not_started: (a) =>
    `The time for a claim has not begun${a ? `; it counts from: ${spell(a).toLowerCase()}` : ''}.`,
  label_cost_unknown: 'What the label cost is not known, so there is no sum to ask for.',
  value_unknown: 'What the parcel was worth is not known, so there is no sum to ask for.',
  window_over: either('The time for a claim is over (%).', 'The time for a claim is over.'),
  // no return risk
  no_risk_rule: (a) => `A return is not likelier than usual${a ? ` (${exceptionWord(a)})` : ''}.`,
};

export const knownReasons = () => Object.keys(sentences);

const notificationWord = (kind: string) => notificationWords[kind] ?? spell(kind);

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
  const gap = /^delay_told_within_(\d+)h$/.exec(code);
  if (gap) return `A message on the delay left less than ${gap[1]} hours ago.`;
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
