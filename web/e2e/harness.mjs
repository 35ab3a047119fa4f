// What the browser tests share. BASE_URL names a running server, SIGN_IN_LINK is a fresh one-time
// link, API_KEY reads the same merchant through the API: what a page shows is held against it.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

export const base = need('BASE_URL').replace(/\/$/, '');
export const link = need('SIGN_IN_LINK');
const key = need('API_KEY');
const patience = 15_000;

export async function api(path, { method = 'GET', body, headers = {} } = {}) {
  const reply = await fetch(base + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  const text = await reply.text();
  assert.ok(reply.ok, `${method} ${path} answered ${reply.status}: ${text.slice(0, 300)}`);
  return text ? JSON.parse(text) : undefined;
}

/** The first of a list: the tests need a store with something in it, and say so. */
export async function first(path) {
  const { data } = await api(path);
  assert.ok(data.length > 0, `${path} is empty: the tests need a populated store`);
  return data[0];
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });

export const statePath = join(mkdtempSync(join(tmpdir(), 'aftermile-e2e-')), 'state.json');

/** A page of its own for each test; `expected` are console errors that the test provokes. */
export async function open(browser, path, options = {}) {
  const { width = 1280, height = 860, theme = 'light', expected, signedIn = true } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    acceptDownloads: true,
    ...(signedIn ? { storageState: statePath } : {}),
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected?.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(base + path);
  return {
    page,
    /** No console error, no empty page. */
    async finish() {
      const text = (await page.locator('main').first().innerText()).trim();
      await context.close();
      assert.deepEqual(faults, [], 'the console has errors');
      assert.ok(text.length > 8, 'the page is empty');
    },
  };
}

/** Runs `body` on a page and closes it in any case. */
export async function visit(browser, path, body, options) {
  const { page, finish } = await open(browser, path, options);
  try {
    await body(page);
  } catch (error) {
    await page.context().close();
    throw error;
  }
  await finish();
}

/** A page whose skeletons are gone. */
export async function settled(page) {
  await page.locator('main h1, main h2').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
}

export async function eventually(check, what) {
  const end = Date.now() + patience;
  let last;
  while (Date.now() < end) {
    try {
      last = await check();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`${what}: not within ${patience / 1000} s (last: ${last})`);
}

export { assert };
