// The frame of every page: where one can go, what state the installation is in, keys.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { settings } from './api/actions';
import {
  ApiProblem,
  client,
  currentMerchant,
  type Schemas,
  selectMerchant,
  unwrap,
} from './api/client';
import { useLive } from './api/stream';
import { useKeys } from './lib/keys';
import { LeaveProvider, Link, navigate, useAddress } from './lib/router';
import { Dialog } from './parts/dialog';
import { Icon } from './parts/icons';
import { At, useNow, useTestClock } from './parts/now';
import { Theme } from './parts/theme';
import { useAct } from './parts/undo';

const places: [string, [string, string, string][]][] = [
  [
    '',
    [
      ['/', 'Today', 't'],
      ['/incidents', 'Incidents', 'i'],
      ['/tickets', 'Tickets', 'k'],
      ['/claims', 'Claims', 'c'],
    ],
  ],
  [
    'Records',
    [
      ['/shipments', 'Shipments', 's'],
      ['/orders', 'Orders', 'o'],
      ['/notifications', 'Messages', 'n'],
      ['/carriers', 'Carriers', 'r'],
    ],
  ],
  [
    'Installation',
    [
      ['/parked', 'Parked', 'p'],
      ['/settings', 'Settings', 'e'],
    ],
  ],
];

const usual: Record<string, string> = {
  '/incidents': '?state=open&sort=deadline',
  '/tickets': '?state=open',
  '/claims': '?side=carrier&sort=deadline',
};

const loadMe = async () => {
  try {
    return await unwrap(client.GET('/v1/me'));
  } catch (error) {
    // The merchant that this browser remembers may be of another installation.
    if (!currentMerchant() || !(error instanceof ApiProblem) || error.status === 401) throw error;
    selectMerchant(undefined);
    return unwrap(client.GET('/v1/me'));
  }
};

export function useMe() {
  return useQuery({
    queryKey: ['me', currentMerchant()],
    queryFn: loadMe,
    staleTime: 60_000,
    retry: false,
  });
}

export function Shell({ me, children }: { me: Schemas['Me']; children: ReactNode }) {
  const [keys, showKeys] = useState(false);
  const [open, setOpen] = useState(false);
  const { path } = useAddress();
  const main = useRef<HTMLElement>(null);
  useKeys({
    '?': () => showKeys(true),
    ...Object.fromEntries(
      places.flatMap(([, all]) =>
        all.map(([to, , key]) => [`g ${key}`, () => navigate(to + (usual[to] ?? ''))]),
      ),
    ),
  });
  // A new page starts at its top for those who listen, too.
  const first = useRef(path);
  useEffect(() => {
    setOpen(false);
    document.title = `${path.split('/')[1] || 'today'} · Aftermile`;
    if (first.current === path) return;
    first.current = path;
    if (!path.startsWith('/tickets')) main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <LeaveProvider value={() => setOpen(false)}>
      <a className="skip" href="#main">
        To the page
      </a>
      <div className="shell">
        <Side me={me} open={open} toggle={() => setOpen(!open)} showKeys={() => showKeys(true)} />
        <div>
          <Banners me={me} />
          <main id="main" ref={main} tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
      {keys && <Keys close={() => showKeys(false)} />}
    </LeaveProvider>
  );
}

function Side(props: {
  me: Schemas['Me'];
  open: boolean;
  toggle: () => void;
  showKeys: () => void;
}) {
  const { me, open, toggle, showKeys } = props;
  const { path } = useAddress();
  const here = (to: string) => (to === '/' ? path === '/' : path.startsWith(to));
  return (
    <nav className="side" aria-label="Console" data-open={open}>
      <div className="side-top">
        <Link className="brand" to="/">
          Aftermile
        </Link>
        <button type="button" className="plain menu-toggle" aria-expanded={open} onClick={toggle}>
          Menu
        </button>
      </div>
      {places.map(([group, all]) => (
        <div key={group}>
          {group && <p className="group">{group}</p>}
          <ul>
            {all.map(([to, word]) => (
              <li key={to}>
                <Link to={to + (usual[to] ?? '')} aria-current={here(to) ? 'page' : undefined}>
                  {word}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <footer>
        <LiveState />
        <Merchant me={me} />
        <Theme />
        <span>
          <button type="button" className="link-button" onClick={showKeys}>
            Keys <kbd>?</kbd>
          </button>
        </span>
        <span>
          {me.name ?? me.email}{' '}
          <button
            type="button"
            className="link-button"
            onClick={() =>
              void unwrap(client.DELETE('/console/session')).finally(() => location.reload())
            }
          >
            Sign out
          </button>
        </span>
      </footer>
    </nav>
  );
}

function LiveState() {
  const live = useLive();
  const words = { connecting: 'Connecting', live: 'Live', waiting: 'Not live, trying again' };
  return (
    <span className="live" data-state={live} role="status">
      {words[live]}
    </span>
  );
}

function Merchant({ me }: { me: Schemas['Me'] }) {
  if (me.merchants.length < 2) return <span>{me.merchants[0]?.name}</span>;
  return (
    <select
      className="input"
      aria-label="Merchant"
      value={currentMerchant() ?? me.merchant ?? me.merchants[0]?.id}
      onChange={(event) => {
        selectMerchant(event.target.value);
        location.assign('/console/');
      }}
    >
      {me.merchants.map((merchant) => (
        <option key={merchant.id} value={merchant.id}>
          {merchant.name}
        </option>
      ))}
    </select>
  );
}

function Banners({ me }: { me: Schemas['Me'] }) {
  const id = currentMerchant() ?? me.merchant;
  const merchant = me.merchants.find((each) => each.id === id) ?? me.merchants[0];
  return (
    <>
      {merchant?.mode === 'shadow' && (
        <div className="banner" role="status">
          <span className="word">
            <Icon name="shadow" />
            Shadow
          </span>
          <span>Everything is decided and shown, nothing reaches a shopper or a carrier.</span>
          <Link to="/settings">Settings</Link>
        </div>
      )}
      <ClockBanner />
    </>
  );
}

const hour = 3_600_000;

function ClockBanner() {
  const { data } = useTestClock();
  const now = useNow();
  const act = useAct();
  const [busy, setBusy] = useState(false);
  const [to, setTo] = useState('');
  if (!data?.movable) return null;
  const advance = (instant: number) => {
    setBusy(true);
    const run = settings.advance(new Date(instant).toISOString());
    act('Advance the clock', () => run().finally(() => setBusy(false)));
  };
  return (
    <div className="banner clock" data-clock={data.now}>
      <span className="word">
        <Icon name="clock" />
        Test clock
      </span>
      <At at={data.now} />
      {[
        [hour, '+1 h'],
        [6 * hour, '+6 h'],
        [24 * hour, '+1 day'],
      ].map(([step, word]) => (
        <button
          key={word}
          type="button"
          className="plain"
          disabled={busy}
          onClick={() => advance(now + Number(step))}
        >
          {word}
        </button>
      ))}
      <form
        className="word"
        onSubmit={(event) => {
          event.preventDefault();
          const instant = Date.parse(to);
          if (instant > now) advance(instant);
        }}
      >
        <label>
          <span className="visually-hidden">Advance to</span>
          <input
            className="input"
            type="datetime-local"
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </label>{' '}
        <button type="submit" className="plain" disabled={busy || !(Date.parse(to) > now)}>
          {busy ? 'Advancing' : 'Advance to'}
        </button>
      </form>
    </div>
  );
}

function Keys({ close }: { close: () => void }) {
  const rows: [string, string][] = [
    ['j, k', 'Next, previous row'],
    ['enter', 'Open the row'],
    ['x', 'Select the row'],
    ['e', 'Act on the row, the selection or the page'],
    ['/', 'Search'],
    ...places.flatMap(([, all]) =>
      all.map(([, word, key]) => [`g ${key}`, word] as [string, string]),
    ),
    ['?', 'This list'],
  ];
  return (
    <Dialog title="Keys" close={close}>
      <table aria-label="Keys">
        <tbody>
          {rows.map(([key, meaning]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
