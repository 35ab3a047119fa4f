// What a person may do to one incident or to many at once: the menu behind `e`.
import { useEffect, useState } from 'react';
import { incidents } from '../api/actions';
import type { Schemas } from '../api/client';
import { parseMajor } from '../lib/money';
import { remedyWords } from '../lib/words';
import { Choice, Dialog, Form, Text, textOf } from './dialog';
import { useNow } from './now';
import { useAct } from './undo';

const actions = [
  ['a', 'assign', 'Assign'],
  ['n', 'note', 'Write a note'],
  ['s', 'snooze', 'Snooze'],
  ['r', 'remedy', 'Make the shopper whole'],
  ['m', 'merge', 'Merge into another'],
  ['c', 'close', 'Close'],
] as const;
type Action = (typeof actions)[number][1];

interface Props {
  ids: string[];
  close: () => void;
  done?: () => void;
  first?: Action;
  currency?: string;
}

export function IncidentActions({ ids, close, done, first, currency }: Props) {
  const [action, setAction] = useState<Action | undefined>(first);
  const many = ids.length > 1 ? `${ids.length} incidents` : 'this incident';
  useEffect(() => {
    if (action) return;
    const press = (event: KeyboardEvent) => {
      const found = actions.find(([key]) => key === event.key);
      if (!found || event.metaKey || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      setAction(found[1]);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [action]);

  if (!action) {
    return (
      <Dialog title={`Act on ${many}`} close={close}>
        <div className="choices">
          {actions.map(([key, name, label], index) => (
            <button
              key={name}
              type="button"
              className="plain"
              data-autofocus={index === 0 || undefined}
              onClick={() => setAction(name)}
            >
              {label} <kbd>{key}</kbd>
            </button>
          ))}
        </div>
      </Dialog>
    );
  }
  const finish = () => {
    close();
    done?.();
  };
  return (
    <ActionForm
      action={action}
      ids={ids}
      many={many}
      close={close}
      finish={finish}
      currency={currency}
    />
  );
}

interface FormProps {
  action: Action;
  ids: string[];
  many: string;
  close: () => void;
  finish: () => void;
  currency?: string;
}

function each(ids: string[], make: (id: string) => () => Promise<unknown>) {
  const calls = ids.map(make);
  return async () => {
    for (const call of calls) await call();
  };
}

function ActionForm({ action, ids, many, close, finish, currency }: FormProps) {
  const act = useAct();
  const now = useNow();
  const start = (text: string, make: (id: string) => () => Promise<unknown>, costly = false) => {
    act(text, each(ids, make), costly);
    finish();
  };
  switch (action) {
    case 'assign':
      return (
        <Dialog title={`Assign ${many}`} close={close}>
          <Form
            label="Assign"
            close={close}
            submit={(values) => {
              const to = textOf(values, 'to') || null;
              start(to ? `Assign ${many} to ${to}` : `Take ${many} from its owner`, (id) =>
                incidents.assign(id, to),
              );
            }}
          >
            <Text name="to" label="To: a name, me, or nothing for nobody" value="me" />
          </Form>
        </Dialog>
      );
    case 'note':
      return (
        <Dialog title={`Note on ${many}`} close={close}>
          <Form
            label="Keep the note"
            close={close}
            submit={(values) => start('Note', (id) => incidents.note(id, textOf(values, 'text')))}
          >
            <Text name="text" label="Note" long required />
          </Form>
        </Dialog>
      );
    case 'snooze':
      return (
        <Dialog title={`Snooze ${many}`} close={close}>
          <Form
            label="Snooze"
            close={close}
            effect="Deadlines go on running; it comes back by itself."
            submit={(values) => {
              const hours = Number(values.get('hours'));
              const until = new Date(now + hours * 3_600_000).toISOString();
              const reason = textOf(values, 'reason');
              start(
                `Snooze ${many}`,
                (id) => incidents.snooze(id, { until, ...(reason && { reason }) }),
                true,
              );
            }}
          >
            <Choice
              name="hours"
              label="For"
              options={[
                ['4', '4 hours'],
                ['24', 'a day'],
                ['72', 'three days'],
                ['168', 'a week'],
              ]}
              value="24"
            />
            <Text name="reason" label="Why (others will see it)" />
          </Form>
        </Dialog>
      );
    case 'remedy':
      return <RemedyForm many={many} close={close} start={start} currency={currency} />;
    case 'merge':
      return (
        <Dialog title={`Merge ${many}`} close={close}>
          <Form
            label="Merge"
            close={close}
            effect="Its exceptions, ticket and money move to the other; its id stays and points there."
            submit={(values) =>
              start(`Merge ${many}`, (id) => incidents.merge(id, textOf(values, 'into')), true)
            }
          >
            <Text name="into" label="Into: the id of an incident of the same order" required />
          </Form>
        </Dialog>
      );
    case 'close':
      return (
        <Dialog title={`Close ${many}`} close={close}>
          <Form
            label="Close"
            close={close}
            effect={`Closes the customer's side of ${many}. Money still asked for stays open until it is settled or lapsed.`}
            submit={(values) => {
              const note = textOf(values, 'note');
              const reason = textOf(values, 'reason');
              start(
                `Close ${many}`,
                (id) => incidents.close(id, { reason, ...(note && { note }) }),
                true,
              );
            }}
          >
            <Choice
              name="reason"
              label="Reason"
              options={[
                ['resolved_with_customer', 'Solved with the customer'],
                ['arrived', 'It arrived'],
                ['no_action_needed', 'Nothing to do'],
                ['duplicate', 'Double'],
              ]}
            />
            <Text name="note" label="Note" />
          </Form>
        </Dialog>
      );
  }
}

interface RemedyProps {
  many: string;
  close: () => void;
  start: (text: string, make: (id: string) => () => Promise<unknown>, costly?: boolean) => void;
  currency?: string;
}

function RemedyForm({ many, close, start, currency = '' }: RemedyProps) {
  const [wrong, setWrong] = useState<string>();
  return (
    <Dialog title={`Make the shopper whole: ${many}`} close={close}>
      <Form
        label="Record it"
        close={close}
        effect={`Records the remedy and its money on ${many}. A claim on the carrier goes on beside it.`}
        submit={(values) => {
          const remedy = textOf(values, 'remedy') as Schemas['Remedy'];
          const typed = textOf(values, 'amount');
          const code = textOf(values, 'currency').toUpperCase();
          const minor = typed && /^[A-Z]{3}$/.test(code) ? parseMajor(typed, code) : undefined;
          if (typed && minor === undefined) {
            setWrong(`${typed} is not an amount of ${code || 'a currency'}.`);
            return;
          }
          const note = textOf(values, 'note');
          const body = {
            remedy,
            ...(minor !== undefined && { amount: { amount: minor, currency: code } }),
            ...(note && { note }),
          };
          start(
            `${remedyWords[remedy] ?? remedy} for ${many}`,
            (id) => incidents.remedy(id, body),
            true,
          );
        }}
      >
        <Choice
          name="remedy"
          label="Remedy"
          options={Object.entries(remedyWords).filter(([remedy]) => remedy !== 'none')}
          value="refund"
        />
        <Text name="amount" label="Amount, if money moves (each)" />
        <Text name="currency" label="Currency, as three letters" value={currency} />
        {wrong && (
          <p className="bad" role="alert">
            {wrong}
          </p>
        )}
        <Text name="note" label="Note" />
      </Form>
    </Dialog>
  );
}
