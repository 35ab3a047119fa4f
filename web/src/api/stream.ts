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

function listen(queries: QueryClient, tell: (state: Live) => void) {
  const pending = new Set<string>();
  let flush: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  let source: EventSource | undefined;
  let ended = false;

  const send = () => {
    flush = undefined;
    const names = new Set(pending);
    pending.clear();
    queries.invalidateQueries({ predicate: ({ queryKey }) => names.has(String(queryKey[0])) });
  };
  const changed = (event: MessageEvent<string>) => {
    try {
      for (const key of keysShowing((JSON.parse(event.data) as { type: string }).type))
        pending.add(key);
    } catch {
      pending.add('today');
    }
    flush ??= setTimeout(send, pause);
  };
  const open = () => {
    const merchant = currentMerchant();
    source = new EventSource(
      `/v1/stream${merchant ? `?merchant=${encodeURIComponent(merchant)}` : ''}`,
    );
    source.onopen = () => {
      if (wait > 1000) queries.invalidateQueries(); // what happened while we were away
      wait = 1000;
      tell('live');
    };
    source.addEventListener('changed', changed);
    source.addEventListener('reset', () => queries.invalidateQueries());
    source.onerror = () => {
      tell('waiting');
      if (source?.readyState !== EventSource.CLOSED || ended) {
        wait = Math.max(wait, 1001);
        return; // the browser reconnects by itself
      }
      retry = setTimeout(open, wait);
      wait = Math.min(wait * 2, 30_000);
    };
  };
  open();
  return () => {
    ended = true;
    source?.close();
    clearTimeout(flush);
    clearTimeout(retry);
  };
}

export function useLive(): Live {
  const queries = useQueryClient();
  const [state, setState] = useState<Live>('connecting');
  useEffect(() => listen(queries, setState), [queries]);
  return state;
}
