// Every page in light and dark, wide and on a phone: neither empty nor broken, and readable.
import { assert, first, settled, visit } from './harness.mjs';

const ratio = () => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const luminance = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/(, 0\)|\/ 0\)|transparent)/.test(colour)) return colour;
    }
    return 'white';
  };
  const faint = [];
  for (const element of document.querySelectorAll('main *, nav *, .banner *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    if (!own || element.closest(':disabled, .visually-hidden') || !element.checkVisibility())
      continue;
    const [a, b] = [luminance(style.color), luminance(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5)
      faint.push(`${element.textContent.trim().slice(0, 30)} ${contrast.toFixed(2)}`);
  }
  return faint;
};

async function pages() {
  const incident = await first('/v1/incidents?state=open');
  const places = [
    '/console/',
    '/console/incidents?state=open',
    `/console/incidents/${incident.id}`,
    '/console/shipments',
    '/console/orders',
    '/console/notifications',
    '/console/tickets',
    '/console/claims',
    '/console/carriers',
    '/console/parked',
    '/console/settings',
    `/console/why/${incident.id}`,
  ];
  if (incident.shipment) places.push(`/console/shipments/${incident.shipment}`);
  if (incident.order) places.push(`/console/orders/${incident.order}`);
  return places;
}

const rounds = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
];

export default Object.fromEntries(
  rounds.map(([theme, width]) => [
    `every page, ${theme}, ${width} px wide`,
    async (browser) => {
      for (const place of await pages()) {
        await visit(
          browser,
          place,
          async (page) => {
            await settled(page);
            assert.equal(await page.locator('[role=alert]').count(), 0, `${place} shows an error`);
            assert.deepEqual(await page.evaluate(ratio), [], `${place}: too faint`);
            const over = await page.evaluate(
              () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
            );
            assert.ok(over <= 0, `${place} is ${over} px wider than the window`);
            if (width === 390) {
              await page.getByRole('button', { name: 'Menu' }).click();
              await page.getByRole('link', { name: 'Incidents', exact: true }).first().waitFor();
            }
          },
          { theme, width, height: 844 },
        );
      }
    },
  ]),
);
