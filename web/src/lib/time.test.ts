import { describe, expect, it } from 'vitest';
import {
  absolute,
  clock,
  countdown,
  dayOf,
  dayRange,
  foreignZone,
  localDay,
  relative,
  span,
} from './time';

const now = Date.parse('2026-01-08T12:00:00Z');

describe('relative time', () => {
  it.each([
    ['2026-01-08T11:59:40Z', 'just now'],
    ['2026-01-08T11:25:00Z', '35 min ago'],
    ['2026-01-08T08:30:00Z', '3 h 30 min ago'],
    ['2026-01-07T12:00:00Z', '24 h ago'],
    ['2026-01-05T12:00:00Z', '3 days ago'],
    ['2026-01-10T12:00:00Z', 'in 2 days'],
    ['2025-06-08T12:00:00Z', '7 months ago'],
  ])('%s is %s', (at, text) => {
    expect(relative(at, now)).toBe(text);
  });

  it('counts down and says when it is over', () => {
    expect(countdown('2026-01-12T12:00:00Z', now)).toBe('4 days left');
    expect(countdown('2026-01-08T10:00:00Z', now)).toBe('2 h over');
    expect(span(59_000)).toBe('less than a minute');
  });

  it('names a zone only where its clocks differ', () => {
    const at = '2026-04-07T02:00:00Z';
    expect(foreignZone(at, 'America/Los_Angeles', 'America/Denver')).toBe('PDT');
    expect(foreignZone(at, 'America/Denver', 'America/Denver')).toBe('');
    expect(foreignZone(at, 'Europe/Paris', 'Europe/Berlin')).toBe('');
  });

  it('shows what it cannot read as it is', () => {
    expect(relative('soon', now)).toBe('soon');
    expect(absolute('soon')).toBe('soon');
  });
});

describe('absolute time', () => {
  it('is in the zone of the place', () => {
    expect(clock('2026-01-09T07:00:00Z', 'America/Denver')).toBe('00:00');
    expect(absolute('2026-01-09T07:00:00Z', 'America/Denver')).toBe(
      'Fri 9 January 2026, 00:00 MST',
    );
    expect(absolute('2026-07-09T07:00:00Z', 'Europe/Berlin')).toBe('Thu 9 July 2026, 09:00 CEST');
    expect(dayOf('2026-01-09T06:59:00Z', 'America/Denver')).toBe('Thursday 8 January 2026');
    expect(dayOf('2026-01-09T07:00:00Z', 'America/Denver')).toBe('Friday 9 January 2026');
    expect(localDay('2026-01-09T06:59:00Z', 'America/Denver')).toBe('2026-01-08');
  });

  it('follows the change of the clocks', () => {
    expect(clock('2026-03-08T09:59:00Z', 'America/Los_Angeles')).toBe('01:59');
    expect(clock('2026-03-08T10:00:00Z', 'America/Los_Angeles')).toBe('03:00');
  });

  it('falls back to UTC for a zone that nobody knows, and says so', () => {
    expect(absolute('2026-01-09T07:00:00Z', 'Mars/Olympus')).toContain('UTC');
  });
});

describe('a range of days', () => {
  it('is one day, two days of a month, or of two months', () => {
    expect(dayRange('2026-01-08', '2026-01-08')).toBe('Thu 8 January');
    expect(dayRange('2026-01-08', '2026-01-09')).toBe('Thu 8 to Fri 9 January');
    expect(dayRange('2026-01-31', '2026-02-02')).toBe('Sat 31 January to Mon 2 February');
    expect(dayRange(undefined, '2026-01-09')).toBe('Fri 9 January');
    expect(dayRange()).toBe('');
  });
});
