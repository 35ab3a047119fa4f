// The words of the console cover the vocabulary of the API, which is that of the core.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  exceptionWords,
  fundingWords,
  groundWords,
  milestoneWords,
  notificationWords,
  remedyWords,
} from './words';

const core = readFileSync(new URL('../../../src/model/vocabulary.hpp', import.meta.url), 'utf8');

function words(name: string): string[] {
  const found = new RegExp(
    `enum_names<model::${name}>\\s*=\\s*std::to_array<std::string_view>\\(\\s*\\{([^}]*)\\}`,
  ).exec(core);
  if (!found) throw new Error(`${name} is not in the vocabulary`);
  return [...(found[1] as string).matchAll(/"(\w+)"/g)].map((match) => match[1] as string);
}

describe('the console has a word for every', () => {
  it.each([
    ['Milestone', milestoneWords],
    ['Exception', { ...exceptionWords, none: 'None' }],
    ['NotificationKind', notificationWords],
    ['ClaimGround', groundWords],
    ['Funding', fundingWords],
    ['Remedy', remedyWords],
  ] as const)('%s', (name, known: Record<string, string>) => {
    const all = words(name);
    expect(all.length).toBeGreaterThan(1);
    expect(all.filter((word) => !known[word])).toEqual([]);
    expect(Object.keys(known).filter((word) => !all.includes(word))).toEqual([]);
  });
});

describe('the API has the words of the core for', () => {
  const api = readFileSync(new URL('../../../openapi/aftermile.yaml', import.meta.url), 'utf8');
  it.each(['Milestone', 'NotificationState', 'ClaimState', 'TicketState', 'Severity'])(
    '%s',
    (name) => {
      const start = api.search(new RegExp(`\\n {4}${name}:[ \\n]`));
      expect(start).toBeGreaterThan(0);
      const rest = api.slice(start + name.length + 6);
      const end = rest.search(/\n {4}\w/);
      const listed = /enum:\s*\[([^\]]*)\]/.exec(rest.slice(0, end));
      const found = (listed?.[1] ?? '').split(',').map((word) => word.trim().replace(/['"]/g, ''));
      expect(found).toEqual(words(name));
    },
  );
});
