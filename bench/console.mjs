// What bench/console.py has a browser do, with a profile that is new. Prints one line of JSON.
//   console.mjs open URL KEY_ID SECRET                 the first page, then signed in
//   console.mjs upload URL KEY_ID SECRET BUCKET FILE   one file, through the page of the bucket
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../console/', import.meta.url))('playwright-core');
const LONGEST_MS = 300_000;

async function signIn(page, keyId, secret) {
  await page.getByLabel('AccessKey ID').fill(keyId);
  await page.getByLabel('AccessKey Secret').fill(secret);
  await page.locator('button[type=submit]').click();
}

// CPU seconds of all the browser's processes so far.
async function cpu(browser) {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  const seconds = {};
  for (const { type, cpuTime } of processInfo) seconds[type] = (seconds[type] ?? 0) + cpuTime;
  return seconds;
}

// Runs in the page: when the form has the focus, when it is sent, and when the overview's figures are
// there, each with what the browser drew of it.
function watch() {
  const seen = globalThis.seen = {};
  const drawn = (name) => requestAnimationFrame(() => setTimeout(() => {
    seen[name] ??= performance.now();
  }));
  addEventListener('submit', () => {
    seen.submitted = performance.now();
  }, true);
  new MutationObserver(() => {
    if (document.activeElement?.matches('form input')) drawn('form');
    if (document.querySelectorAll('.ant-statistic').length === 3) drawn('overview');
  }).observe(document, { childList: true, subtree: true });
}

const tasks = {
  async open(page, [url, keyId, secret]) {
    await page.addInitScript(watch);
    await page.goto(url, { waitUntil: 'commit' });
    await page.waitForFunction(() => 'form' in globalThis.seen);
    await signIn(page, keyId, secret);
    await page.waitForFunction(() => 'overview' in globalThis.seen);
    const { form, submitted, overview } = await page.evaluate(() => globalThis.seen);
    return { form, overview: overview - submitted };
  },

  async upload(page, [url, keyId, secret, bucket, file]) {
    await page.goto(`${url}/#/objects/${bucket}`);
    await signIn(page, keyId, secret);
    const input = page.getByTestId('files');
    await input.waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => addEventListener('change', () => performance.mark('chosen'), true));
    const before = await cpu(page.context().browser());
    await input.setInputFiles(file);
    await page.getByText('1 of 1 files').waitFor({ timeout: LONGEST_MS });
    const seconds = await page.evaluate(() =>
      (performance.now() - performance.getEntriesByName('chosen')[0].startTime) / 1000);
    const after = await cpu(page.context().browser());
    const spent = Object.entries(after).map(([type, s]) => [type, s - (before[type] ?? 0)]);
    return { seconds, cpu: Object.fromEntries(spent) };
  },
};

const [name, ...parameters] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
});
try {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  page.setDefaultTimeout(LONGEST_MS);
  console.log(JSON.stringify(await tasks[name](page, parameters)));
} finally {
  await browser.close();
}
