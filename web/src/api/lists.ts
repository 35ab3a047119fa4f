// Lists page by page, with the filters of the address bar that the list knows.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useAddress } from '../lib/router';
import { client, currentMerchant, type Schemas, unwrap } from './client';

interface Page<Row> {
  data: Row[];
  has_more: boolean;
  next_cursor?: string | null;
}

type Query = Record<string, string | number>;

const size = 100;

/** Each list of the API by the name that query keys begin with. */
const lists = {
  incident: (query: Query) => unwrap(client.GET('/v1/incidents', { params: { query } })),
  shipment: (query: Query) => unwrap(client.GET('/v1/shipments', { params: { query } })),
  order: (query: Query) => unwrap(client.GET('/v1/orders', { params: { query } })),
  notification: (query: Query) => unwrap(client.GET('/v1/notifications', { params: { query } })),
  ticket: (query: Query) => unwrap(client.GET('/v1/tickets', { params: { query } })),
  claim: (query: Query) => unwrap(client.GET('/v1/claims', { params: { query } })),
  ledger: (query: Query) => unwrap(client.GET('/v1/ledger', { params: { query } })),
  parked: (query: Query) => unwrap(client.GET('/v1/parked', { params: { query } })),
  'mapping-task': (query: Query) => unwrap(client.GET('/v1/mapping-tasks', { params: { query } })),
  carrier: (query: Query) => unwrap(client.GET('/v1/scorecards', { params: { query } })),
  source: (query: Query) => unwrap(client.GET('/v1/webhook-sources', { params: { query } })),
} satisfies Record<string, (query: Query) => Promise<Page<unknown>>>;

type Lists = typeof lists;
export type Row<Name extends keyof Lists> = Awaited<ReturnType<Lists[Name]>>['data'][number];

/** `names` are the filters that the list knows; the rest of the address is not sent. */
export function useList<Name extends keyof Lists>(name: Name, names: string[], fixed: Query = {}) {
  const { query } = useAddress();
  const filters: Query = { ...fixed };
  for (const each of names) {
    const value = query.get(each);
    if (value) filters[each] = value;
  }
  const load = lists[name] as (query: Query) => Promise<Page<Row<Name>>>;
  const result = useInfiniteQuery({
    queryKey: [name, 'list', currentMerchant(), filters],
    queryFn: ({ pageParam }) =>
      load({ ...filters, limit: size, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => (page.has_more ? page.next_cursor || undefined : undefined),
    placeholderData: keepPreviousData,
  });
  return {
    ...result,
    rows: result.data?.pages.flatMap((page) => page.data) ?? [],
    more: {
      has: result.hasNextPage,
      busy: result.isFetchingNextPage,
      load: () => void result.fetchNextPage(),
    },
    filtered: names.some((each) => query.has(each) && each !== 'sort'),
  };
}

type Item<T> = () => Promise<T>;

function useItem<T>(key: string[], load: Item<T>) {
  return useQuery({ queryKey: [...key, currentMerchant()], queryFn: load });
}

const at = (id: string) => ({ params: { path: { id } } });

export const useIncident = (id: string) =>
  useItem(['incident', id], () => unwrap(client.GET('/v1/incidents/{id}', at(id))));
export const useShipment = (id: string) =>
  useItem(['shipment', id], () => unwrap(client.GET('/v1/shipments/{id}', at(id))));
export const useOrder = (id: string) =>
  useItem(['order', id], () => unwrap(client.GET('/v1/orders/{id}', at(id))));
export const useNotification = (id: string) =>
  useItem(['notification', id], () => unwrap(client.GET('/v1/notifications/{id}', at(id))));
export const useTicket = (id: string) =>
  useItem(['ticket', id], () => unwrap(client.GET('/v1/tickets/{id}', at(id))));
export const useClaim = (id: string) =>
  useItem(['claim', id], () => unwrap(client.GET('/v1/claims/{id}', at(id))));
export const useWhy = (id: string) =>
  useItem(['why', id], () => unwrap(client.GET('/v1/why/{id}', at(id))));
export const useToday = () => useItem(['today'], () => unwrap(client.GET('/v1/today')));
export const useMode = () => useItem(['mode'], () => unwrap(client.GET('/v1/mode')));
export const usePolicy = () => useItem(['policy'], () => unwrap(client.GET('/v1/policies')));
export const useChannels = () => useItem(['channel'], () => unwrap(client.GET('/v1/channels')));

/** The whole timeline, which rarely has a second page. */
export const useTimeline = (id: string) =>
  useItem(['shipment', id, 'timeline'], async () => {
    const entries: Schemas['TimelineEntry'][] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 20; page += 1) {
      const reply = await unwrap(
        client.GET('/v1/shipments/{id}/timeline', {
          params: { path: { id }, query: { limit: 100, ...(cursor ? { cursor } : {}) } },
        }),
      );
      entries.push(...reply.data);
      if (!reply.has_more || !reply.next_cursor) break;
      cursor = reply.next_cursor;
    }
    return entries;
  });
