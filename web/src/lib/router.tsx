// A light router: the address bar is the state. Paths are below /console, filters are the query.
import {
  type AnchorHTMLAttributes,
  createContext,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react';

export const base = '/console';

function subscribe(listener: () => void) {
  addEventListener('popstate', listener);
  addEventListener('aftermile:navigate', listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener('aftermile:navigate', listener);
  };
}

const address = () => location.pathname + location.search;

export function navigate(to: string, { replace = false } = {}) {
  const target = to.startsWith('/') ? base + to : base + location.pathname.slice(base.length) + to;
  if (target === address()) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', target);
  dispatchEvent(new Event('aftermile:navigate'));
  if (!replace) scrollTo(0, 0);
}

export function useAddress() {
  const value = useSyncExternalStore(subscribe, address);
  return useMemo(() => {
    const url = new URL(value, location.origin);
    const path = url.pathname.slice(base.length).replace(/\/+$/, '') || '/';
    return {
      path,
      parts: path.split('/').filter(Boolean).map(decodeURIComponent),
      query: url.searchParams,
    };
  }, [value]);
}

/** Filters of the address bar; setting one to nothing takes it away. */
export function useFilters() {
  const { query } = useAddress();
  const set = (changes: Record<string, string | undefined>) => {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    const text = next.toString();
    navigate(location.pathname.slice(base.length) + (text ? `?${text}` : ''), { replace: true });
  };
  return [query, set] as const;
}

const LeaveContext = createContext<(() => void) | undefined>(undefined);
export const LeaveProvider = LeaveContext.Provider;

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** A link inside the console; with a modifier key the browser does what it always does. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const leave = useContext(LeaveContext);
  return (
    <a
      {...rest}
      href={base + to}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        leave?.();
        navigate(to);
      }}
    />
  );
}

const pages: Record<string, string> = {
  ord_: 'orders',
  shp_: 'shipments',
  inc_: 'incidents',
  ntf_: 'notifications',
  tkt_: 'tickets',
  clm_: 'claims',
};

/** Where a record is shown: its page, or its causal chain if it has none. */
export function pageOf(id: string): string {
  const page = pages[id.slice(0, 4)];
  return page ? `/${page}/${encodeURIComponent(id)}` : `/why/${encodeURIComponent(id)}`;
}
