// The API as the generated types describe it. Every failure becomes an ApiProblem.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.gen';

export type Schemas = components['schemas'];

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId?: string,
    readonly errors: { pointer: string; code: string; detail: string }[] = [],
  ) {
    super(detail || title);
  }
}

let merchant = readMerchant();

function readMerchant(): string | undefined {
  try {
    return localStorage.getItem('aftermile.merchant') ?? undefined;
  } catch {
    return undefined;
  }
}

export const currentMerchant = () => merchant;

export function selectMerchant(id: string | undefined) {
  merchant = id;
  try {
    if (id) localStorage.setItem('aftermile.merchant', id);
    else localStorage.removeItem('aftermile.merchant');
  } catch {
    // Private windows may refuse storage; the choice then lasts as long as the page.
  }
}

export const client = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });
client.use({
  onRequest({ request }) {
    if (merchant) request.headers.set('Aftermile-Merchant', merchant);
    return request;
  },
});

interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a reply, or an ApiProblem thrown. */
export async function unwrap<T>(call: Promise<Reply<T>>): Promise<T> {
  let reply: Reply<T>;
  try {
    reply = await call;
  } catch {
    throw new ApiProblem(
      0,
      'unreachable',
      'The server did not answer',
      'The server did not answer.',
    );
  }
  if (reply.response.ok) return reply.data as T;
  const body = (typeof reply.error === 'object' && reply.error ? reply.error : {}) as Partial<
    Schemas['Problem']
  >;
  throw new ApiProblem(
    reply.response.status,
    body.code ?? `http_${reply.response.status}`,
    body.title ?? `The server answered ${reply.response.status}`,
    body.detail ?? '',
    body.request_id,
    body.errors,
  );
}

/** A key under which the server does the same thing once only. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
