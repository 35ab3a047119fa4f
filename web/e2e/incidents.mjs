import { readFileSync } from 'node:fs';
import { api, assert, eventually, first, settled, visit } from './harness.mjs';

const order = ['customer_told', 'ticket', 'cover', 'carrier_claim', 'performance', 'return_risk'];
const idsOf = (page) =>
  page.locator('tbody tr[data-id]').evaluateAll((rows) => rows.map((row) => row.dataset.id));

export default {
  'the queue has the rows of the API in their order, and a reload keeps the filters': (browser) =>
    visit(browser, '/console/incidents?state=open&sort=-opened_at', async (page) => {
      const { data } = await api('/v1/incidents?state=open&sort=-opened_at&limit=100');
      assert.ok(data.length > 0, 'the tests need an open incident');
      await settled(page);
      assert.deepEqual(
        await idsOf(page),
        data.map((row) => row.id),
      );
      const kind = data[0].kind;
      await page.locator('select[name=kind]').selectOption(kind);
      await eventually(() => page.url().includes(`kind=${kind}`), 'the filter is in the address');
      const filtered = await api(`/v1/incidents?state=open&sort=-opened_at&limit=100&kind=${kind}`);
      const wanted = filtered.data.map((row) => row.id);
      await eventually(
        async () => JSON.stringify(await idsOf(page)) === JSON.stringify(wanted),
        'the filtered rows',
      );
      await page.reload();
      await settled(page);
      assert.equal(await page.locator('select[name=kind]').inputValue(), kind);
      assert.deepEqual(await idsOf(page), wanted);
    }),

  'sorting by severity asks the API and shows its order': (browser) =>
    visit(browser, '/console/incidents?state=open', async (page) => {
      await settled(page);
      await page.getByRole('button', { name: 'Severity' }).click();
      const { data } = await api('/v1/incidents?state=open&sort=-severity&limit=100');
      const wanted = data.map((row) => row.id);
      await eventually(
        async () => JSON.stringify(await idsOf(page)) === JSON.stringify(wanted),
        'the sorted rows',
      );
      await page.locator('th[aria-sort=descending]').waitFor();
    }),

  'the CSV is exactly what is shown': (browser) =>
    visit(browser, '/console/incidents?state=open&columns=kind,severity,id', async (page) => {
      await settled(page);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'CSV of these rows' }).click(),
      ]);
      const text = readFileSync(await download.path(), 'utf8').replace(/^\uFEFF/, '');
      const lines = text.trimEnd().split('\r\n');
      assert.equal(lines[0], 'severity,kind,id');
      assert.deepEqual(
        lines.slice(1).map((line) => line.split(',')[2]),
        await idsOf(page),
      );
    }),

  'no match teaches instead of staying empty': (browser) =>
    visit(browser, '/console/incidents?owner=nobody-of-that-name', async (page) => {
      await page.getByText('No incident matches these filters').waitFor();
    }),

  'an incident shows its six answers in order, as the API has them': async (browser) => {
    const { id } = await first('/v1/incidents?state=open');
    const incident = await api(`/v1/incidents/${id}`);
    await visit(browser, `/console/incidents/${id}`, async (page) => {
      await settled(page);
      const tiles = page.locator('[data-answer]');
      const names = await tiles.evaluateAll((all) => all.map((tile) => tile.dataset.answer));
      assert.deepEqual(names, order);
      for (const name of order) {
        const answer = incident.answers[name];
        const tile = page.locator(`[data-answer=${name}]`);
        assert.equal(await tile.getAttribute('data-none'), String(!answer.id), name);
        if (answer.id) {
          const to = await tile.locator('.thing a').getAttribute('href');
          assert.ok(to.endsWith(answer.id), `${name} leads to ${to}`);
        } else {
          assert.equal(await tile.locator('.thing').getAttribute('title'), answer.none);
          const words = await tile.locator('.thing').innerText();
          assert.ok(!words.includes('_'), `${name} is a code: ${words}`);
        }
        await tile.getByText('Why', { exact: true }).click();
        await tile.getByText(answer.because.rule, { exact: true }).first().waitFor();
      }
      for (const side of ['customer', 'insurer', 'carrier']) {
        const cells = await page.locator(`tr[data-side=${side}] td`).allInnerTexts();
        const { amount } = incident.money[side];
        const shown = cells[1].trim() === '–' ? 0 : Number(cells[1].replace(/[^0-9-]/g, ''));
        assert.equal(shown, amount, side);
      }
    });
  },

  'what changes elsewhere appears by itself': async (browser) => {
    const { id } = await first('/v1/incidents?state=open');
    await visit(browser, `/console/incidents/${id}`, async (page) => {
      await settled(page);
      await page.locator('.live[data-state=live]').waitFor();
      const text = `Seen from afar ${Date.now()}`;
      await api(`/v1/incidents/${id}/note`, { method: 'POST', body: { text } });
      await page.getByText(text).first().waitFor();
    });
  },

  'a costly action can be taken back': async (browser) => {
    const { id } = await first('/v1/incidents?state=open&customer_state=open');
    await visit(browser, `/console/incidents/${id}`, async (page) => {
      await settled(page);
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: 'Close', exact: true })
        .last()
        .click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.waitForTimeout(1000);
      assert.equal((await api(`/v1/incidents/${id}`)).customer_state, 'open');
    });
  },

  'an id that nobody has says what to do': (browser) =>
    visit(
      browser,
      '/console/incidents/inc_0ZZZZZZZZZZZZ',
      async (page) => {
        await page.getByRole('alert').getByText('To do').waitFor();
      },
      { expected: /404|400|422/ },
    ),
};
