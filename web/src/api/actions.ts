// What a person does. Each call carries a key of its own, so that sending it twice does it once.
import { client, idempotencyKey, type Schemas, unwrap } from './client';

function at(id: string) {
  return { path: { id }, header: { 'Idempotency-Key': idempotencyKey() } };
}
// A request that outlives the page: an action that was decided is not lost when one leaves.
const keepalive = true;

type Body<T extends keyof Calls> = Calls[T];
interface Calls {
  snooze: { until: string; reason?: string };
  remedy: { remedy: Schemas['Remedy']; amount?: Schemas['Money']; note?: string };
  close: { reason: string; note?: string };
}

export const incidents = {
  assign: (id: string, to: string | null) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/incidents/{id}/assign', { params, body: { to }, keepalive }));
  },
  note: (id: string, text: string) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/incidents/{id}/note', { params, body: { text }, keepalive }));
  },
  snooze: (id: string, body: Body<'snooze'>) => {
    const params = at(id);
    return () => unwrap(client.POST('/v1/incidents/{id}/snooze', { params, body, keepalive }));
  },
  remedy: (id: string, body: Body<'remedy'>) => {
    const params = at(id);
    return () => unwrap(client.POST('/v1/incidents/{id}/remedy', { params, body, keepalive }));
  },
  merge: (id: string, into: string) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/incidents/{id}/merge', { params, body: { into }, keepalive }));
  },
  close: (id: string, body: Body<'close'>) => {
    const params = at(id);
    return () => unwrap(client.POST('/v1/incidents/{id}/close', { params, body, keepalive }));
  },
};

export const tickets = {
  assign: (id: string, to: string | null) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/tickets/{id}/assign', { params, body: { to }, keepalive }));
  },
  note: (id: string, text: string) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/tickets/{id}/note', { params, body: { text }, keepalive }));
  },
  solve: (id: string, note?: string) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/tickets/{id}/solve', { params, body: { note }, keepalive }));
  },
};

type Decision =
  | 'acknowledged'
  | 'info_requested'
  | 'approved'
  | 'partial'
  | 'denied'
  | 'credited'
  | 'paid';

export const claims = {
  file: (
    id: string,
    body: { filed_by: string; method: string; case_number?: string; proof?: string },
  ) => {
    const params = at(id);
    return () => unwrap(client.POST('/v1/claims/{id}/file', { params, body, keepalive }));
  },
  decision: (
    id: string,
    body: { decision: Decision; amount?: Schemas['Money']; reason?: string; reference?: string },
  ) => {
    const params = at(id);
    return () => unwrap(client.POST('/v1/claims/{id}/decision', { params, body, keepalive }));
  },
  escalate: (id: string, reason: string) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/claims/{id}/escalate', { params, body: { reason }, keepalive }));
  },
  withdraw: (id: string, reason: string) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/claims/{id}/withdraw', { params, body: { reason }, keepalive }));
  },
  writeOff: (id: string, reason: string) => {
    const params = at(id);
    return () =>
      unwrap(client.POST('/v1/claims/{id}/write-off', { params, body: { reason }, keepalive }));
  },
};

export const settings = {
  mode: (mode: Schemas['Mode']) => () =>
    unwrap(client.PUT('/v1/mode', { body: { mode }, keepalive })),
  pause: (channel: Schemas['Channel']) => () =>
    unwrap(
      client.POST('/v1/channels/{channel}/pause', { params: { path: { channel } }, keepalive }),
    ),
  resume: (channel: Schemas['Channel']) => () =>
    unwrap(
      client.POST('/v1/channels/{channel}/resume', { params: { path: { channel } }, keepalive }),
    ),
  publish: (toml: string, note: string, base_version: number) => () =>
    unwrap(client.PUT('/v1/policies', { body: { toml, note, base_version } })),
  advance: (to: string) => () =>
    unwrap(client.POST('/v1/test-clock', { body: { advance_to: to } })),
};
