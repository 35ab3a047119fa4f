import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { comparison, knownReasons, quantity, reasonCode, reasonSentence } from './reasons';
import { exceptionWord, milestoneWord, spell } from './words';

describe('reasons', () => {
  it('says a known reason as a sentence', () => {
    expect(reasonSentence('below_severity')).toBe('Not grave enough to need a person.');
    expect(reasonSentence('quiet_hours_until 08:00')).toBe(
      'It is night where the shopper is; decided anew at 08:00.',
    );
  });

  it('names the service of a suspended guarantee', () => {
    expect(reasonSentence('guarantee_suspended ups/ground 2026-01')).toBe(
      'The carrier had suspended its guarantee for UPS Ground in 2026-01.',
    );
  });

  it('names whoever sends instead', () => {
    expect(reasonSentence('sender_is_shopify')).toBe('Shopify sends this message.');
    expect(reasonSentence('sender_is_off')).toBe('This message is switched off.');
  });

  it('spells out a reason that it does not know and keeps its argument', () => {
    expect(reasonSentence('moon_is_full 2026-01-08')).toBe('Moon is full: Thu 8 January.');
    expect(reasonSentence('moon_is_full')).toBe('Moon is full.');
  });

  it('keeps an argument that its sentence has no place for', () => {
    expect(reasonSentence('imported 2016')).toContain('(2016)');
  });

  it('has a sentence for every reason that the core gives', () => {
    const core = new URL('../../../src/core/', import.meta.url);
    const sources = readdirSync(core, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp'))
      .map((name) => readFileSync(new URL(name, core), 'utf8'));
    const given = sources.flatMap((text) =>
      [...text.matchAll(/\b(?:nothing|refuse|none)\(\s*"([a-z_]+)[ "]/g)].map(
        (match) => match[1] as string,
      ),
    );
    expect(given.length).toBeGreaterThan(5);
    const known = new Set(knownReasons());
    expect(given.filter((code) => !known.has(code) && !/_within_$/.test(code))).toEqual([]);
  });

  it('separates the code from its argument', () => {
    expect(reasonCode('quiet_hours_until 08:00')).toBe('quiet_hours_until');
    expect(reasonCode('imported')).toBe('imported');
  });
});

describe('comparisons', () => {
  it('say the value, the bound, the unit and n', () => {
    expect(
      comparison({ name: 'silence_hours', left: 96, op: '>=', right: 72, unit: 'hours', n: 412 }),
    ).toBe('Silence: 96 hours, at least 72 hours (n = 412)');
  });

  it('show instants, days and rates as people read them', () => {
    const at = Date.UTC(2026, 0, 9, 7) * 1000;
    expect(quantity(at, 'instant', 'America/Denver')).toMatch(/^Fri,? 9 January 2026/);
    expect(quantity(at, 'instant', 'America/Denver')).toContain('00:00');
    expect(quantity(20461, 'day')).toBe('Thu 8 January');
    expect(quantity(12_345, 'ppm')).toBe('1.23 %');
    expect(quantity(1, 'days')).toBe('1 day');
    expect(quantity(3, 'count')).toBe('3');
  });
});

describe('words', () => {
  it('never hide a word that is not listed', () => {
    expect(exceptionWord('eaten_by_dog')).toBe('Eaten by dog');
    expect(milestoneWord('out_for_delivery')).toBe('Out for delivery');
    expect(spell('a_b')).toBe('A b');
  });
});
