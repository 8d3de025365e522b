// A bucket of very many keys. The server's listing is written here: putting a million objects would
// take minutes, and what is tested is the page. CONSOLE_KEYS=1000000 for all of them.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer } from './harness';

const KEYS = Number(process.env.CONSOLE_KEYS ?? 30_000);
const MOST_MIB = 150;

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser('--enable-precise-memory-info');
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const keyOf = (i: number) => `photos-of-the-lake-${String(i).padStart(9, '0')}.jpg`;

function listing(from: number): string {
  const rows: string[] = [];
  const end = Math.min(from + 1000, KEYS);
  for (let i = from; i < end; ++i) {
    rows.push(`<Contents><Key>${keyOf(i)}</Key><LastModified>2026-11-22T08:00:00.000Z</LastModified>` +
      `<ETag>"5B3C1A2E053D763E1B002CC607C5A0FE"</ETag><Type>Normal</Type><Size>${i}</Size>` +
      '<StorageClass>Standard</StorageClass></Contents>');
  }
  const next = end < KEYS ? `<NextContinuationToken>${end}</NextContinuationToken>` : '';
  return `<?xml version="1.0"?><ListBucketResult>${rows.join('')}${next}</ListBucketResult>`;
}

it(`scrolls ${KEYS} keys in a bounded memory`, async () => {
  await new Client(server).putBucket('many');
  const tab = await openTab(browser, `${server.url}/#/objects/many`);
  const { page } = tab;
  await page.route(/\/many\?.*list-type=2/, (route) => {
    const token = new URL(route.request().url()).searchParams.get('continuation-token');
    return route.fulfill({ contentType: 'application/xml', body: listing(Number(token ?? 0)) });
  });
  await signIn(page);
  await page.getByText(keyOf(0)).waitFor();
  // To the end, again and again, until it is the end.
  await page.evaluate(async () => {
    const box = document.querySelector('[role=rowgroup]')!;
    const count = () => document.querySelector('[role=table]')!.getAttribute('aria-rowcount');
    const done = () => /^[\d,]+ entries$/.test(
      document.querySelector('[aria-live=polite]')?.textContent ?? '');
    while (!done()) {
      const before = count();
      box.scrollTop = box.scrollHeight;
      while (count() === before && !done()) await new Promise((resolve) => setTimeout(resolve, 4));
    }
    box.scrollTop = box.scrollHeight;
  });
  await page.getByText(keyOf(KEYS - 1)).waitFor();
  await inspect(tab, 'objects-many');
  // Back into the middle: those pages were given up, and are fetched again.
  await page.evaluate(() => {
    const box = document.querySelector('[role=rowgroup]')!;
    box.scrollTop = box.scrollHeight / 2;
  });
  await page.getByText(/^photos-of-the-lake-/).first().waitFor();
  expect(await page.locator('[role=row]').count()).toBeLessThan(80);
  const debug = await page.context().newCDPSession(page);
  await debug.send('HeapProfiler.collectGarbage');
  const heap = await page.evaluate(() =>
    (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
  console.log(`heap after ${KEYS} keys: ${(heap / 2 ** 20).toFixed(0)} MiB`);
  expect(heap / 2 ** 20).toBeLessThan(MOST_MIB);
  expect(tab.complaints).toEqual([]);
  await tab.close();
}, 600_000);
