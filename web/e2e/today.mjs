import { api, assert, eventually, settled, visit } from './harness.mjs';

const severities = ['urgent', 'high', 'normal', 'low', 'info'];

export default {
  'Today shows the numbers of the API, also after a reload': (browser) =>
    visit(browser, '/console/', async (page) => {
      for (const round of [1, 2]) {
        await settled(page);
        const today = await api('/v1/today');
        for (const severity of severities) {
          const count = today.open_incidents[severity];
          const shown = page.locator(`[data-severity=${severity}]`);
          if (count === 0) assert.equal(await shown.count(), 0, severity);
          else assert.equal(Number(await shown.innerText()), count, `${severity}, round ${round}`);
        }
        const total = severities.reduce((sum, each) => sum + today.open_incidents[each], 0);
        await page.getByText(`${total} in all`).waitFor();
        const sums = await page.locator('[data-figures=money] strong').allInnerTexts();
        assert.deepEqual(
          sums.map((text) => Number(text.replace(/[^0-9-]/g, ''))),
          today.money_at_risk.map((risk) => risk.amount),
        );
        const rows = await page.locator('table[aria-label="Next deadlines"] tbody tr').count();
        assert.equal(rows, today.deadlines.length);
        if (round === 1) await page.reload();
      }
    }),

  'a severity leads to its incidents': (browser) =>
    visit(browser, '/console/', async (page) => {
      await settled(page);
      const shown = page.locator('[data-severity]').first();
      const severity = await shown.getAttribute('data-severity');
      const count = Number(await shown.innerText());
      await shown.click();
      await settled(page);
      assert.ok(page.url().includes(`severity=${severity}`));
      assert.equal(await page.locator('tbody tr[data-id]').count(), Math.min(100, count));
    }),

  'the test clock moves by the step that was pressed': async (browser) => {
    const before = await api('/v1/test-clock');
    await visit(browser, '/console/', async (page) => {
      await settled(page);
      if (!before.movable) {
        assert.equal(await page.locator('[data-clock]').count(), 0);
        return;
      }
      await page.getByRole('button', { name: '+1 h' }).click();
      await eventually(async () => {
        const { now } = await api('/v1/test-clock');
        return Date.parse(now) - Date.parse(before.now) === 3_600_000;
      }, 'the clock has moved by an hour');
      const { now } = await api('/v1/test-clock');
      await page.locator(`[data-clock="${now}"]`).waitFor();
    });
  },
};
