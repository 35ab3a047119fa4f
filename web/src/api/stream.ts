// Live by server-sent events: what changed makes the queries that show it load again, at most
// every two seconds, so that a busy day does not keep the page from being read.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { currentMerchant } from './client';

export type Live = 'connecting' | 'live' | 'waiting';

/** First words of the query keys that may show a record of this type. */
const shows: Record<string, string[]> = {
  order: ['order', 'incident'],
  shipment: ['shipment', 'order', 'incident'],
  incident: ['incident', 'shipment'],
  notification: ['notification', 'incident', 'shipment'],
  ticket: ['ticket', 'incident', 'shipment'],
  coverage: ['coverage', 'incident'],
  claim: ['claim', 'incident', 'shipment'],
  ledger: ['incident', 'ledger'],
  scorecard: ['carrier'],
  policy: ['policy'],
  mode: ['mode', 'me'],
  channel: ['channel'],
  test_clock: ['test-clock'],
  parked: ['parked'],
  mapping_task: ['mapping-task'],
  source: ['source'],
};

export function keysShowing(type: string): string[] {
  return [...(shows[type] ?? [type]), 'today'];
}

const pause = 2000;
const hiddenFor = 30_000;

/** Listens until the returned function is called. A tab that nobody looks at lets go after a
 * while: browsers allow only a few connections to one server. */
function listen(queries: QueryClient, tell: (state: Live) => void) {
  const pending = new Set<string>();
  let flush: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let leave: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  let missed = false;
  let source: EventSource | undefined;

  const send = () => {
    flush = undefined;
    const names = new Set(pending);
    pending.clear();
    queries.invalidateQueries({ predicate: ({ queryKey }) => names.has(String(queryKey[0])) });
  };
  const changed = (event: MessageEvent<string>) => {
    try {
      const { type } = JSON.parse(event.data) as { type: string };
      for (const key of keysShowing(type)) pending.add(key);
    } catch {
      pending.add('today');
    }
    flush ??= setTimeout(send, pause);
  };
  const close = () => {
    missed = true;
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  const open = () => {
    const merchant = currentMerchant();
    const query = merchant ? `?merchant=${encodeURIComponent(merchant)}` : '';
    source = new EventSource(`/v1/stream${query}`);
    source.onopen = () => {
      if (missed) void queries.invalidateQueries();
      missed = false;
      wait = 1000;
      tell('live');
    };
    source.addEventListener('changed', changed);
    source.addEventListener('reset', () => void queries.invalidateQueries());
    source.onerror = () => {
      tell('waiting');
      missed = true;
      // The browser reconnects by itself unless it has given up.
      if (source?.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(open, wait);
      wait = Math.min(wait * 2, 30_000);
    };
  };
  const look = () => {
    clearTimeout(leave);
    if (document.hidden) leave = setTimeout(close, hiddenFor);
    else if (!source) open();
  };
  document.addEventListener('visibilitychange', look);
  open();
  return () => {
    document.removeEventListener('visibilitychange', look);
    clearTimeout(leave);
    clearTimeout(flush);
    close();
  };
}

export function useLive(): Live {
  const queries = useQueryClient();
  const [state, setState] = useState<Live>('connecting');
  useEffect(() => listen(queries, setState), [queries]);
  return state;
}
