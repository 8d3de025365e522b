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

const tasks = {
  async open(page, [url, keyId, secret]) {
    await page.goto(url, { waitUntil: 'commit' });
    // Typing is what the form is for: it takes the focus of the browser and text.
    await page.getByLabel('AccessKey ID').fill(keyId);
    const form = await page.evaluate(() => performance.now());
    await page.getByLabel('AccessKey Secret').fill(secret);
    await page.evaluate(() => addEventListener('click', () => performance.mark('submitted'), true));
    await page.locator('button[type=submit]').click();
    // The figures of the overview are there, and its links can be followed.
    await page.locator('.ant-statistic').nth(2).waitFor();
    await page.locator('a[href="#/connect"]').last().click({ trial: true });
    const overview = await page.evaluate(() =>
      performance.now() - performance.getEntriesByName('submitted')[0].startTime);
    return { form, overview };
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
