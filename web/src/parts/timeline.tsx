// One column, grouped by day, newest last. Opening an entry shows its because.
import type { Schemas } from '../api/client';
import { absolute, clock, dayOf, foreignZone, relative } from '../lib/time';
import { exceptionWord, milestoneWord } from '../lib/words';
import { Because } from './because';
import { IdLink } from './bits';
import { Icon } from './icons';
import { useNow } from './now';

type Entry = Schemas['TimelineEntry'];

const when = (entry: Entry) => entry.occurred_at ?? entry.at;

const qualities: Record<string, string> = {
  zone_from_location: 'The carrier wrote no offset; read in the zone of the place.',
  assumed: 'The carrier wrote no offset and no place; read in the zone of the destination.',
  date_only: 'The carrier wrote only the day.',
  suspect: "The carrier's time contradicts itself.",
};

export function groupByDay(entries: Entry[], zone?: string) {
  const groups: { day: string; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(when(entry), entry.zone ?? zone);
    const last = groups.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else groups.push({ day, entries: [entry] });
  }
  return groups;
}

function EntryView({ entry, zone }: { entry: Entry; zone?: string }) {
  const now = useNow();
  const place = entry.zone ?? zone;
  const abroad = entry.time_quality === 'date_only' ? '' : foreignZone(when(entry), place, zone);
  const late = Math.abs(Date.parse(entry.at) - Date.parse(when(entry))) > 3_600_000;
  return (
    <li>
      <details
        className={`entry${entry.retracted ? ' retracted' : ''}`}
        data-type={entry.type}
        data-id={entry.id}
      >
        <summary>
          <time className="at" dateTime={when(entry)} title={absolute(when(entry), place)}>
            {entry.time_quality === 'date_only' ? '' : clock(when(entry), place)}
            {abroad && <small> {abroad}</small>}
          </time>
          <span className="glyph" title={entry.type.replace('_', ' ')}>
            <Icon name={entry.type} />
            <span className="visually-hidden">{entry.type.replace('_', ' ')}</span>
          </span>
          <span className="said">
            {entry.text}
            {entry.retracted && <span className="quiet"> (retracted)</span>}
          </span>
          <span className="ago" title={absolute(when(entry), place)}>
            {relative(when(entry), now)}
          </span>
        </summary>
        <div>
          <p className="quiet">
            {absolute(when(entry), place)}
            {entry.place && `, ${entry.place}`}
            {late && `. Taken in ${absolute(entry.at, place)}`}
            {entry.by && `. By ${entry.by}`}
          </p>
          {entry.time_quality && qualities[entry.time_quality] && (
            <p className="quiet">{qualities[entry.time_quality]}</p>
          )}
          {entry.description && <p className="quiet">The carrier’s words: “{entry.description}”</p>}
          {(entry.milestone || entry.exception) && (
            <p className="quiet">
              {entry.milestone && (
                <span title={entry.milestone}>{milestoneWord(entry.milestone)}</span>
              )}
              {entry.milestone && entry.exception && ', '}
              {entry.exception && (
                <span title={entry.exception}>{exceptionWord(entry.exception)}</span>
              )}
              {entry.code && <span className="mono"> code {entry.code}</span>}
            </p>
          )}
          <Because because={entry.because} zone={place} />
          <p>
            <IdLink id={entry.id} />
          </p>
        </div>
      </details>
    </li>
  );
}

export function Timeline({ entries, zone }: { entries: Entry[]; zone?: string }) {
  return (
    <ol className="timeline">
      {groupByDay(entries, zone).map((group) => (
        <li key={group.day + (group.entries[0]?.id ?? '')}>
          <h3>{group.day}</h3>
          <ol>
            {group.entries.map((entry) => (
              <EntryView
                key={`${entry.type}${entry.id}${entry.at}${entry.text}`}
                entry={entry}
                zone={zone}
              />
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}
