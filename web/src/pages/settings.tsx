import { Button } from '@mantine/core';
import { useState } from 'react';
import { settings } from '../api/actions';
import type { Schemas } from '../api/client';
import { useChannels, useList, useMode, usePolicy } from '../api/lists';
import { Block, Empty, Lines, Trouble } from '../parts/bits';
import { Dialog, Form, Text, textOf } from '../parts/dialog';
import { Icon } from '../parts/icons';
import { At, When } from '../parts/now';
import { useAct } from '../parts/undo';

export function Settings() {
  return (
    <div className="page">
      <header>
        <h1>Settings</h1>
      </header>
      <ModeBlock />
      <Channels />
      <Sources />
      <Policy />
    </div>
  );
}

function ModeBlock() {
  const { data, error, refetch } = useMode();
  const act = useAct();
  const [asking, ask] = useState(false);
  return (
    <Block title="Shadow and live">
      {error ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Lines count={2} />
      ) : (
        <>
          <p data-mode={data.mode}>
            {data.mode === 'shadow'
              ? 'In shadow: everything is decided and shown, nothing reaches a shopper or a carrier.'
              : 'Live: messages leave, claims are filed.'}{' '}
            {data.since && (
              <span className="quiet">
                Since <At at={data.since} />
                {data.by && `, by ${data.by}`}.
              </span>
            )}
          </p>
          <div className="actions">
            <button type="button" className="plain" onClick={() => ask(true)}>
              {data.mode === 'shadow' ? 'Go live' : 'Go back to shadow'}
            </button>
          </div>
          {asking && (
            <Dialog
              title={data.mode === 'shadow' ? 'Go live' : 'Go back to shadow'}
              close={() => ask(false)}
            >
              <Form
                label={data.mode === 'shadow' ? 'Go live' : 'Go to shadow'}
                close={() => ask(false)}
                effect={
                  data.mode === 'shadow'
                    ? `From then on what is newly ordered or labelled reaches shoppers and carriers. ${data.held ?? 0} messages that the shadow kept back stay back.`
                    : 'From then on nothing new reaches a shopper or a carrier.'
                }
                submit={() => {
                  ask(false);
                  const next = data.mode === 'shadow' ? 'live' : 'shadow';
                  act(next === 'live' ? 'Go live' : 'Go to shadow', settings.mode(next), true);
                }}
              >
                {null}
              </Form>
            </Dialog>
          )}
        </>
      )}
    </Block>
  );
}

function Channels() {
  const { data, error, refetch } = useChannels();
  const act = useAct();
  return (
    <Block title="Channels" note="The stop button works at once">
      {error ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Lines count={2} />
      ) : (
        data.data.map(({ channel, paused, since, queued }) => (
          <div className="facts-line" key={channel} data-channel={channel}>
            <strong>{channel === 'sms' ? 'SMS' : 'E-mail'}</strong>
            <span className={paused ? 'word warn' : 'word'}>
              <Icon name={paused ? 'incident' : 'done'} />
              {paused ? 'Paused' : 'Running'}
            </span>
            {paused && since && (
              <span>
                since <When at={since} />
              </span>
            )}
            {!!queued && <span>{queued} waiting</span>}
            <button
              type="button"
              className="plain"
              onClick={() =>
                paused
                  ? act('Resume', settings.resume(channel))
                  : act('Pause', settings.pause(channel))
              }
            >
              {paused ? 'Resume' : 'Pause'}
            </button>
          </div>
        ))
      )}
    </Block>
  );
}

function Sources() {
  const list = useList('source', []);
  return (
    <Block title="Webhook sources">
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Lines count={2} />
      ) : list.rows.length === 0 ? (
        <Empty title="No source yet">
          Open one with POST /v1/webhook-sources; it answers with the address to give to the carrier
          or store.
        </Empty>
      ) : (
        list.rows.map((source) => (
          <p key={source.endpoint}>
            <strong>{source.name ?? source.source}</strong> <code>{source.url}</code>{' '}
            <span className="quiet">
              {source.state ?? ''} {source.last_event_at && <When at={source.last_event_at} />}
            </span>
          </p>
        ))
      )}
    </Block>
  );
}

function Policy() {
  const { data, error, refetch } = usePolicy();
  return (
    <Block title="Policy" note={data && `Version ${data.version}`}>
      {error ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : data ? (
        <PolicyText key={data.version} policy={data} />
      ) : (
        <Lines />
      )}
    </Block>
  );
}

function PolicyText({ policy }: { policy: Schemas['Policy'] }) {
  const act = useAct();
  const [text, setText] = useState(policy.toml);
  const [asking, ask] = useState(false);
  const changed = text !== policy.toml;
  const lines = changedLines(policy.toml, text);
  return (
    <>
      <p className="quiet">
        Published <At at={policy.published_at} />
        {policy.published_by && `, by ${policy.published_by}`}
        {policy.note && `: ${policy.note}`}. What was decided under an earlier version stands.
      </p>
      <textarea
        className="toml"
        aria-label="Policy as TOML"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="actions">
        <Button size="xs" disabled={!changed} onClick={() => ask(true)}>
          Publish as version {policy.version + 1}
        </Button>
        <button
          type="button"
          className="plain"
          disabled={!changed}
          onClick={() => setText(policy.toml)}
        >
          Take my changes back
        </button>
      </div>
      {asking && (
        <Dialog title={`Publish version ${policy.version + 1}`} close={() => ask(false)}>
          <Form
            label="Publish"
            close={() => ask(false)}
            effect={`${lines} ${lines === 1 ? 'line differs' : 'lines differ'}. Every open incident and parcel is decided by it from then on; what has been decided stands.`}
            submit={(values) => {
              ask(false);
              act(
                'Publish the policy',
                settings.publish(text, textOf(values, 'note'), policy.version),
                true,
              );
            }}
          >
            <Text name="note" label="What changes, and why" long required />
          </Form>
        </Dialog>
      )}
    </>
  );
}

function changedLines(before: string, after: string): number {
  const old = new Set(before.split('\n'));
  const fresh = new Set(after.split('\n'));
  const gone = [...old].filter((line) => !fresh.has(line)).length;
  const added = [...fresh].filter((line) => !old.has(line)).length;
  return Math.max(gone, added);
}
