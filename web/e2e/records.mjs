import { api, assert, eventually, first, settled, visit } from './harness.mjs';

const squash = (text) => text.replace(/\s+/g, ' ').trim();

export default {
  'a shipment has one timeline, as the API has it, whose entries explain themselves': async (
    browser,
  ) => {
    const { data: troubled } = await api('/v1/incidents?state=open&limit=100');
    const { shipment } = troubled.find((each) => each.shipment) ?? {};
    const id = shipment ?? (await first('/v1/shipments')).id;
    const record = await api(`/v1/shipments/${id}`);
    const { data } = await api(`/v1/shipments/${id}/timeline?limit=100`);
    await visit(browser, `/console/shipments/${id}`, async (page) => {
      await settled(page);
      await page.locator(`[data-milestone=${record.milestone}]`).waitFor();
      await page.locator('header').getByText(record.tracking_number).first().waitFor();
      const texts = (await page.locator('.timeline .said').allInnerTexts()).map(squash);
      assert.deepEqual(
        texts,
        data.map((entry) => squash(entry.text + (entry.retracted ? ' (retracted)' : ''))),
      );
      assert.ok(data.length > 0, 'the timeline is empty');
      const last = page.locator('.timeline .entry').last();
      await last.locator('summary').first().click();
      await last.getByText(data.at(-1).because.rule, { exact: true }).waitFor();
      await page.reload();
      await settled(page);
      assert.equal(await page.locator('.timeline .entry').count(), data.length);
    });
  },

  'a message can be read as the shopper reads it': async (browser) => {
    const { id } = await first('/v1/notifications?channel=email');
    const { rendered } = await api(`/v1/notifications/${id}`);
    await visit(browser, `/console/notifications/${id}`, async (page) => {
      await settled(page);
      await page.getByText(`Subject: ${rendered.subject}`).waitFor();
      if (rendered.html) {
        const body = page.frameLocator('iframe.letter').locator('body');
        await eventually(async () => (await body.innerText()).trim().length > 20, 'the e-mail');
        await page.getByRole('button', { name: 'As plain text' }).click();
      }
      const text = await page.locator('.letter-text').innerText();
      assert.equal(squash(text), squash(rendered.text));
    });
  },

  'orders are found by their number': async (browser) => {
    const order = await first('/v1/orders');
    await visit(browser, '/console/orders', async (page) => {
      await settled(page);
      await page.keyboard.press('/');
      await page.keyboard.type(order.reference);
      await page.keyboard.press('Enter');
      await eventually(() => page.url().includes('q='), 'the search is in the address');
      await page.locator(`tr[data-id="${order.id}"]`).waitFor();
      await page.locator(`tr[data-id="${order.id}"] a`).first().click();
      await page.getByRole('heading', { name: `Order ${order.reference}` }).waitFor();
    });
  },

  'claims count down by their deadline': async (browser) => {
    const { data } = await api('/v1/claims?side=carrier&sort=deadline&limit=100');
    await visit(browser, '/console/claims?side=carrier&sort=deadline', async (page) => {
      await settled(page);
      const ids = await page
        .locator('tbody tr[data-id]')
        .evaluateAll((rows) => rows.map((row) => row.dataset.id));
      assert.deepEqual(
        ids,
        data.map((claim) => claim.id),
      );
      const dated = data.find((claim) => claim.deadline);
      if (dated) {
        const row = page.locator(`tr[data-id="${dated.id}"]`);
        assert.match(await row.innerText(), /left|over/);
      }
    });
  },

  'a ticket is read, noted and assigned': async (browser) => {
    const { id } = await first('/v1/tickets?state=open');
    await visit(browser, `/console/tickets/${id}?state=open`, async (page) => {
      await settled(page);
      const text = `Ticket note ${Date.now()}`;
      await page.locator('article').getByRole('button', { name: 'Note' }).click();
      await page.locator('textarea[name=text]').fill(text);
      await page.getByRole('button', { name: 'Write a note' }).click();
      await page.locator('article').getByText(text).waitFor();
      const { notes } = await api(`/v1/tickets/${id}`);
      assert.ok(notes.some((note) => note.text === text));
    });
  },

  'the causes of an incident lead back to an event': async (browser) => {
    const { id } = await first('/v1/incidents?state=open');
    const why = await api(`/v1/why/${id}`);
    assert.ok(why.causes.length > 0);
    await visit(browser, `/console/why/${id}`, async (page) => {
      await settled(page);
      await page.getByText(why.causes[0].text).first().waitFor();
    });
  },

  'the stop button stops a channel at once': (browser) =>
    visit(browser, '/console/settings', async (page) => {
      await settled(page);
      const paused = async () =>
        (await api('/v1/channels')).data.find(({ channel }) => channel === 'email').paused;
      const row = page.locator('[data-channel=email]');
      assert.equal(await paused(), false);
      await row.getByRole('button', { name: 'Pause' }).click();
      await eventually(paused, 'e-mail is paused');
      await row.getByRole('button', { name: 'Resume' }).click();
      await eventually(async () => !(await paused()), 'e-mail runs again');
    }),

  'going live or back waits, and can be taken back': async (browser) => {
    const { mode } = await api('/v1/mode');
    await visit(browser, '/console/settings', async (page) => {
      await settled(page);
      await page.locator(`[data-mode=${mode}]`).waitFor();
      await page.getByRole('button', { name: mode === 'shadow' ? 'Go live' : 'Go back' }).click();
      await page.getByRole('dialog').locator('button[type=submit]').click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.waitForTimeout(500);
      assert.equal((await api('/v1/mode')).mode, mode);
    });
  },
};
