// A bucket of very many keys, all of them in the server. CONSOLE_KEYS=1000000 for a million.
import { readFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fill } from './fill';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer } from './harness';

const KEYS = Number(process.env.CONSOLE_KEYS ?? 30_000);
const MOST_MIB = 150;
const MIB = 2 ** 20;
const SAMPLE_MS = 100;

let server: Server;
let browser: Browser;
beforeAll(async () => {
  server = await startServer('--durability', 'relaxed', '--access-log', 'off');
  browser = await startBrowser();
  await new Client(server).putBucket('many');
  await fill(server, 'many', KEYS, keyOf);
}, 600_000);
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const keyOf = (i: number) => `photos-of-the-lake-${String(i).padStart(9, '0')}.jpg`;

// What scripts and the document take.
async function heapBytes(debug: CDPSession): Promise<number> {
  const usage = await debug.send('Runtime.getHeapUsage') as Record<string, number>;
  return usage.usedSize! + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
}

// All that the tab's process has to itself: the page, and the browser's own.
async function privateBytes(): Promise<number> {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => {
    const rows = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+: +(\d+) kB/gm);
    return [...rows].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
  });
  return Math.max(...sizes);
}

// To the end, again and again, until it is the end.
const scrollToTheEnd = (page: Page) => page.evaluate(async () => {
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

it(`scrolls ${KEYS} keys in a bounded memory`, async () => {
  const tab = await openTab(browser, `${server.url}/#/objects/many`);
  const { page } = tab;
  await signIn(page);
  await page.getByText(keyOf(0)).waitFor();
  const debug = await page.context().newCDPSession(page);
  let most = 0;
  let done = false;
  const scrolled = scrollToTheEnd(page).finally(() => (done = true));
  while (!done) {
    most = Math.max(most, await heapBytes(debug));
    await Promise.race([scrolled, new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))]);
  }
  await scrolled;
  await page.getByText(keyOf(KEYS - 1)).waitFor();
  await inspect(tab, 'objects-many');
  // Back into the middle: those pages were given up, and are fetched again.
  await page.evaluate(() => {
    const box = document.querySelector('[role=rowgroup]')!;
    box.scrollTop = box.scrollHeight / 2;
  });
  await page.getByText(/^photos-of-the-lake-/).first().waitFor();
  expect(await page.locator('[role=row]').count()).toBeLessThan(80);
  const withGarbage = await privateBytes();
  await debug.send('HeapProfiler.collectGarbage');
  const left = await heapBytes(debug);
  const mib = (bytes: number) => `${(bytes / MIB).toFixed(0)} MiB`;
  console.log(`${KEYS} keys: ${mib(left)} of scripts and document, at most ${mib(most)} with garbage; ` +
    `the tab's process: ${mib(await privateBytes())}, ${mib(withGarbage)} with garbage`);
  expect(left / MIB).toBeLessThan(MOST_MIB);
  expect(tab.complaints).toEqual([]);
  await tab.close();
}, 600_000);
