import { assert, base, link, settled, statePath, visit } from './harness.mjs';

/** Exchanges the one-time link; every later test lives on its session. */
export async function signIn(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('navigation', { name: 'Console' }).waitFor({ timeout: 20_000 });
  assert.ok(!page.url().includes('token'), 'the token is still in the address bar');
  await page.reload();
  await page.getByRole('navigation', { name: 'Console' }).waitFor();
  await context.storageState({ path: statePath });
  await context.close();
}

export default {
  'a link that was used says what to do': (browser) =>
    visit(
      browser,
      link.replace(base, ''),
      async (page) => {
        await page.getByText('This link no longer works').waitFor();
        await page.getByText('aftermile users link').waitFor();
        assert.ok(!page.url().includes('token'));
      },
      { signedIn: false, expected: /401|403|410/ },
    ),

  'without a session the console shows how to sign in': (browser) =>
    visit(
      browser,
      '/console/incidents',
      async (page) => {
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        await page.getByText('aftermile users link').waitFor();
      },
      { signedIn: false, expected: /401/ },
    ),

  'the session cookie is out of reach of scripts': (browser) =>
    visit(browser, '/console/', async (page) => {
      await settled(page);
      const cookies = await page.context().cookies();
      assert.ok(cookies.length > 0);
      for (const cookie of cookies) {
        assert.ok(cookie.httpOnly, `${cookie.name} can be read by scripts`);
        assert.equal(cookie.sameSite, 'Strict', cookie.name);
      }
    }),
};
