// The installation's clock. Where it is movable, "now" stands still until it is advanced.
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { client, unwrap } from '../api/client';
import { absolute, countdown, relative } from '../lib/time';
import { Icon } from './icons';

const NowContext = createContext(0);
export const useNow = () => useContext(NowContext) || Date.now();

export function useTestClock() {
  return useQuery({
    queryKey: ['test-clock'],
    queryFn: () => unwrap(client.GET('/v1/test-clock')),
    staleTime: 60_000,
  });
}

export function NowProvider({ children }: { children: ReactNode }) {
  const { data } = useTestClock();
  const [wall, setWall] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setWall(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const now = data?.movable ? Date.parse(data.now) : wall;
  return <NowContext value={now}>{children}</NowContext>;
}

/** Relative in the text, absolute in the place's zone on hover. */
export function When({ at, zone }: { at?: string | null; zone?: string }) {
  const now = useNow();
  if (!at) return null;
  return (
    <time dateTime={at} title={absolute(at, zone)}>
      {relative(at, now)}
    </time>
  );
}

/** The other way round: absolute in the text. */
export function At({ at, zone }: { at?: string | null; zone?: string }) {
  const now = useNow();
  if (!at) return null;
  return (
    <time dateTime={at} title={relative(at, now)}>
      {absolute(at, zone)}
    </time>
  );
}

/** Time left, with an icon when it is short or over: never by colour alone. */
export function Countdown({ at, zone }: { at?: string | null; zone?: string }) {
  const now = useNow();
  if (!at) return null;
  const left = Date.parse(at) - now;
  const tone = left < 0 ? 'bad' : left < 72 * 3_600_000 ? 'warn' : 'quiet';
  return (
    <time className={`word ${tone}`} dateTime={at} title={absolute(at, zone)}>
      {tone !== 'quiet' && <Icon name={left < 0 ? 'incident' : 'clock'} />}
      {countdown(at, now)}
    </time>
  );
}
