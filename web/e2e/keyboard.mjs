// With the keyboard alone, from the queue to a note that is kept.
import { api, assert, eventually, settled, visit } from './harness.mjs';

export default {
  'j, enter, e and n write a note': (browser) =>
    visit(browser, '/console/incidents?state=open&sort=-opened_at', async (page) => {
      await settled(page);
      const { data } = await api('/v1/incidents?state=open&sort=-opened_at&limit=2');
      const target = data[Math.min(1, data.length - 1)];
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.locator(`tr.current[data-id="${target.id}"]`).waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/incidents/${target.id}`);
      await settled(page);
      await page.keyboard.press('e');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('n');
      const text = `By keyboard ${Date.now()}`;
      await page.locator('textarea[name=text]').waitFor();
      await eventually(
        () => page.evaluate(() => document.activeElement?.getAttribute('name') === 'text'),
        'the note has the focus',
      );
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByText(text).first().waitFor();
      const log = (await api(`/v1/incidents/${target.id}`)).log ?? [];
      assert.ok(log.some((entry) => entry.text.includes(text)));
    }),

  'the question mark lists the keys, escape closes them': (browser) =>
    visit(browser, '/console/', async (page) => {
      await settled(page);
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('g');
      await page.keyboard.press('s');
      await page.waitForURL('**/console/shipments');
      await page.getByRole('heading', { name: 'Shipments' }).waitFor();
      await page.keyboard.press('/');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'q');
    }),

  'the focus is always visible': (browser) =>
    visit(browser, '/console/', async (page) => {
      await settled(page);
      for (let i = 0; i < 12; i += 1) {
        await page.keyboard.press('Tab');
        const seen = await page.evaluate(() => {
          const style = getComputedStyle(document.activeElement);
          return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
        });
        assert.ok(seen, `the ${i + 1}. stop shows no focus`);
      }
    }),
};
