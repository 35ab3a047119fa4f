// Instants as people read them: relative to the installation's clock, absolute in the zone of the
// place. Days are written with their weekday, the hour on a 24-hour clock.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const formats = new Map<string, Intl.DateTimeFormat>();

/** `MST`, `CET`: each kind of English knows the short names of its own side of the ocean. */
function zoneName(zone: string, time: number): string {
  const names = ['en-GB', 'en-US', 'en-AU'].map((locale) => {
    const part = (timeZone: string) =>
      new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' })
        .formatToParts(time)
        .find(({ type }) => type === 'timeZoneName')?.value ?? '';
    try {
      return part(zone);
    } catch {
      return part('UTC');
    }
  });
  return names.find((name) => !name.startsWith('GMT')) ?? names[0] ?? '';
}

function format(zone: string, key: string, options: Intl.DateTimeFormatOptions) {
  const name = `${zone}|${key}`;
  let found = formats.get(name);
  if (!found) {
    found = build(zone, options);
    formats.set(name, found);
  }
  return found;
}

function build(zone: string, options: Intl.DateTimeFormatOptions) {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  } catch {
    // A zone that this browser does not know: show UTC, which the text then says.
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
}

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

function plural(n: number, word: string) {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

/** A span without direction: `35 min`, `4 h`, `2 days`. */
export function span(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  if (size < minute) return 'less than a minute';
  if (size < hour) return `${Math.floor(size / minute)} min`;
  if (size < 2 * day) {
    const hours = Math.floor(size / hour);
    const minutes = Math.floor((size % hour) / minute);
    return hours < 6 && minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  }
  if (size < 60 * day) return plural(Math.floor(size / day), 'day');
  return plural(Math.floor(size / (30.44 * day)), 'month');
}

/** `3 h ago`, `in 2 days`, `just now`. */
export function relative(at: string, now: number): string {
  const difference = Date.parse(at) - now;
  if (Number.isNaN(difference)) return at;
  if (Math.abs(difference) < minute) return 'just now';
  return difference > 0 ? `in ${span(difference)}` : `${span(difference)} ago`;
}

/** What a countdown says: `4 days left`, `2 h over`. */
export function countdown(at: string, now: number): string {
  const difference = Date.parse(at) - now;
  return difference >= 0 ? `${span(difference)} left` : `${span(difference)} over`;
}

/** The parts of an instant by name: how they are joined differs between browsers. */
function parts(key: string, zone: string, time: number, options: Intl.DateTimeFormatOptions) {
  const found: Record<string, string> = {};
  for (const part of format(zone, key, options).formatToParts(time)) found[part.type] = part.value;
  return found;
}

/** `Thu 8 January 2026, 17:20 MST`. */
export function absolute(at: string, zone = ownZone()): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  const { weekday, day, month, year, hour, minute } = parts('absolute', zone, time, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute} ${zoneName(zone, time)}`;
}

/** `PDT` where clocks of a place show another time than those of `zone`; else nothing. */
export function foreignZone(at: string, place = ownZone(), zone = ownZone()): string {
  const time = Date.parse(at);
  if (Number.isNaN(time) || absolute(at, place) === absolute(at, zone)) return '';
  return zoneName(place, time);
}

/** `17:20`. */
export function clock(at: string, zone = ownZone()): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  return format(zone, 'clock', { hour: '2-digit', minute: '2-digit' }).format(time);
}

/** `Thursday 8 January 2026`, of an instant in a zone. */
export function dayOf(at: string, zone = ownZone()): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  const { weekday, day, month, year } = parts('day', zone, time, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  return `${weekday} ${day} ${month} ${year}`;
}

/** `Thu 8 January`, of a calendar day, which has no zone. */
export function calendarDay(value: string): string {
  const time = Date.parse(`${value}T00:00:00Z`);
  if (Number.isNaN(time)) return value;
  const { weekday, day, month } = parts('calendar', 'UTC', time, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
  });
  return `${weekday} ${day} ${month}`;
}

/** `Thu 8 to Fri 9 January`, or one day when both are the same. */
export function dayRange(earliest?: string | null, latest?: string | null): string {
  const last = latest ?? earliest;
  if (!last) return '';
  if (!earliest || earliest === last) return calendarDay(last);
  const sameMonth = earliest.slice(0, 7) === last.slice(0, 7);
  const first = calendarDay(earliest);
  return `${sameMonth ? first.split(' ').slice(0, 2).join(' ') : first} to ${calendarDay(last)}`;
}

/** The calendar day of an instant in a zone, `YYYY-MM-DD`. */
export function localDay(at: string, zone = ownZone()): string {
  const { year, month, day } = parts('iso', zone, Date.parse(at), {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return `${year}-${month}-${day}`;
}
