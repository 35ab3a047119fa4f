// Costly actions wait ten seconds before they are sent, and can be taken back until then.
// Leaving the page sends them at once: nothing that a person decided is dropped silently.
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { Trouble } from './bits';

interface Waiting {
  id: number;
  text: string;
  until: number;
  run: () => Promise<unknown>;
}

type Act = (text: string, run: () => Promise<unknown>, costly?: boolean) => void;
const ActContext = createContext<Act>(() => undefined);
export const useAct = () => useContext(ActContext);

const grace = 10_000;

export function UndoProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting[]>([]);
  const [said, setSaid] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  const current = useRef(waiting);
  current.current = waiting;
  const sent = useRef(new Set<number>());

  const send = useCallback(
    async (item: Waiting) => {
      if (sent.current.has(item.id)) return;
      sent.current.add(item.id);
      setWaiting((all) => all.filter((each) => each.id !== item.id));
      try {
        await item.run();
        setSaid(`${item.text}: done.`);
      } catch (error) {
        setFailure(error);
      }
      await queries.invalidateQueries();
    },
    [queries],
  );

  const act = useCallback<Act>(
    (text, run, costly = false) => {
      setFailure(undefined);
      const item = { id: Date.now() + Math.random(), text, until: Date.now() + grace, run };
      if (costly) setWaiting((all) => [...all, item]);
      else void send(item);
    },
    [send],
  );

  const [, tick] = useState(0);
  useEffect(() => {
    if (waiting.length === 0) return;
    const timer = setInterval(() => {
      tick((n) => n + 1);
      for (const item of current.current) if (item.until <= Date.now()) void send(item);
    }, 250);
    return () => clearInterval(timer);
  }, [waiting.length, send]);

  useEffect(() => {
    const leave = () => {
      for (const item of current.current) void send(item);
    };
    addEventListener('pagehide', leave);
    return () => removeEventListener('pagehide', leave);
  }, [send]);

  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), 4000);
    return () => clearTimeout(timer);
  }, [said]);

  return (
    <ActContext value={act}>
      {children}
      <div className="undo" aria-live="polite">
        {failure !== undefined && (
          <div>
            <Trouble error={failure} kept="The record is as it was before." />
            <button type="button" className="plain" onClick={() => setFailure(undefined)}>
              Close
            </button>
          </div>
        )}
        {waiting.map((item) => (
          <div key={item.id}>
            <span>
              {item.text} in {Math.max(1, Math.ceil((item.until - Date.now()) / 1000))} s
            </span>
            <button
              type="button"
              className="plain"
              onClick={() => setWaiting((all) => all.filter((each) => each.id !== item.id))}
            >
              Undo
            </button>
            <button type="button" className="plain" onClick={() => void send(item)}>
              Do it now
            </button>
          </div>
        ))}
        {said && waiting.length === 0 && <div>{said}</div>}
      </div>
    </ActContext>
  );
}
