import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer } from './harness';

const RAM = '2015-05-01';
const STS = '2015-04-01';

let server: Server;
let browser: Browser;
let root: Client;
beforeAll(async () => {
  server = await startServer('--fake-model');
  browser = await startBrowser();
  root = new Client(server);
  for (const [bucket, files] of [['photos', 12], ['letters', 5]] as const) {
    await root.putBucket(bucket);
    for (let i = 0; i < files; ++i) await root.put(bucket, `${i}.txt`, new Uint8Array(50_000));
  }
  await root.oss({ method: 'GET', bucket: 'photos', key: '0.txt' });
  await root.oss({ method: 'GET', bucket: 'photos', key: 'absent' });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

// How often figures were asked for and refused.
async function refusals(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/_lakeside/metrics?name[]=lakeside_requests_total`)).text();
  return Number(/operation="DescribeMetricList",status="4xx"} (\d+)/.exec(metrics)?.[1] ?? 0);
}

async function open(language: 'en' | 'zh' = 'en', options = {}, key?: Parameters<typeof signIn>[1]) {
  const tab = await openTab(browser, `${server.url}/#/usage`, { language, ...options });
  await signIn(tab.page, key);
  return tab;
}

describe('requests and storage', () => {
  it('are shown by service, bucket and key, and exported', async () => {
    const tab = await open();
    const { page } = tab;
    await page.getByRole('img', { name: 'Requests over time, by service' }).waitFor();
    await page.getByRole('cell', { name: 'Object Storage' }).waitFor();
    // Buckets are looked at once a minute has passed: nothing is known, which is not zero.
    await page.getByText('not looked at in this range').waitFor();
    await inspect(tab, 'usage-services');
    await page.getByText('By bucket', { exact: true }).click();
    const row = page.getByRole('row', { name: /^photos/ });
    // 12 + 2 requests, one of them for what is not there; making a bucket is on none.
    expect((await row.getByRole('cell').allInnerTexts()).slice(0, 4))
      .toEqual(['photos', '14', '1', '586 KiB']);
    await page.getByRole('radiogroup', { name: 'Shown in the chart' }).getByText('Received').click();
    await page.getByRole('img', { name: 'Received over time, by bucket' }).waitFor();
    await inspect(tab, 'usage-buckets');
    await page.getByText('By key', { exact: true }).click();
    await page.getByRole('cell', { name: 'LTAI5tConsoleTests' }).waitFor();
    await page.getByText('Over time', { exact: true }).click();
    await page.getByRole('columnheader', { name: 'Time' }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^lakeside-metering-[\d-]+\.csv$/);
    const csv = readFileSync(await download.path(), 'utf8').replace('\uFEFF', '').trim().split('\r\n');
    expect(csv[0]).toBe('start_time,end_time,service,bucket,access_key_id,caller_id,requests,failed_requests,' +
      'bytes_received,bytes_sent,bytes_stored,objects_stored');
    const letters = csv.find((line) => line.includes(',oss,letters,LTAI5tConsoleTests,'))!.split(',');
    expect(letters[5]).toBe((await root.rpc(STS, 'GetCallerIdentity')).AccountId);
    expect(letters.slice(6)).toEqual(['5', '0', '250000', '0', '', '']);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('are by day, and of any range; where there is nothing, nothing is said', async () => {
    const tab = await open();
    const { page } = tab;
    await page.getByText('Last 30 days').click();
    await page.getByText('Days are UTC days.').waitFor();
    await page.getByRole('cell', { name: 'Object Storage' }).waitFor();
    await page.getByText('Custom', { exact: true }).click();
    await page.getByLabel('From', { exact: true }).fill('2025-01-01');
    await page.getByLabel('To', { exact: true }).fill('2025-01-31');
    await page.getByText('Nothing was called in this range').waitFor();
    expect(await page.getByRole('button', { name: 'Export as CSV' }).isDisabled()).toBe(true);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('speak Chinese, on a phone too', async () => {
    const tab = await open('zh', { viewport: { width: 360, height: 740 } });
    await tab.page.getByRole('cell', { name: 'Object Storage' }).waitFor();
    await inspect(tab, 'usage-services-zh-phone');
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('are one\'s own for everybody, and everyone\'s for who may see them', async () => {
    await root.rpc(RAM, 'CreateUser', { UserName: 'ann' });
    const { AccessKey: key } = await root.rpc(RAM, 'CreateAccessKey', { UserName: 'ann' });
    const ann = new Client(server, { accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret });
    for (let i = 0; i < 3; ++i) await ann.oss({ method: 'GET', bucket: 'photos', key: '1.txt' }); // denied
    await root.rpc(RAM, 'CreatePolicy', {
      PolicyName: 'keys', PolicyDocument: JSON.stringify({
        Version: '1', Statement: [{ Effect: 'Allow', Action: 'modelstudio:CreateApiKey', Resource: '*' }],
      }),
    });
    await root.rpc(RAM, 'AttachPolicyToUser', { UserName: 'ann', PolicyName: 'keys', PolicyType: 'Custom' });
    const tab = await open('en', {}, {
      accessKeyId: String(key.AccessKeyId), accessKeySecret: String(key.AccessKeySecret),
    });
    const { page } = tab;
    await page.getByText('You see your own usage.').waitFor();
    await page.getByText('By bucket', { exact: true }).click();
    // What root called is not hers; a call that was denied is of no bucket.
    const hers = page.getByRole('row', { name: /^no bucket/ });
    await expect.poll(() => hers.getByRole('cell').allInnerTexts())
      .toEqual(['no bucket', '3', '3', '0 B', expect.stringMatching(/B$/)]);
    expect(await page.getByText('By user', { exact: true }).count()).toBe(0);
    expect(await page.getByText('Stored', { exact: true }).count()).toBe(0);
    await inspect(tab, 'usage-own');
    // Why not everyone's can be looked up.
    await page.locator('summary').click();
    await page.getByText('cms:DescribeMetricList', { exact: true }).waitFor();
    await page.getByText('no policy allows it').waitFor();
    await inspect(tab, 'usage-denied');

    await page.getByRole('tab', { name: 'Tokens of models' }).click();
    await page.getByText('You see your own usage.').waitFor();
    await page.getByRole('button', { name: 'Make a key for one day' }).click();
    await page.getByText('No requests in this range').waitFor();
    await inspect(tab, 'usage-own-tokens');

    // Asked again, it is still denied; until a policy allows it.
    await page.getByRole('tab', { name: 'Requests and storage' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('You see your own usage.').waitFor();
    await root.rpc(RAM, 'CreatePolicy', {
      PolicyName: 'figures', PolicyDocument: JSON.stringify({
        Version: '1', Statement: [{ Effect: 'Allow', Action: 'cms:DescribeMetricList', Resource: '*' }],
      }),
    });
    await root.rpc(RAM, 'AttachPolicyToUser', { UserName: 'ann', PolicyName: 'figures', PolicyType: 'Custom' });
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('All calls on what this account owns').waitFor();
    await page.getByText('Mine', { exact: true }).click();
    await page.getByText('Your own calls').waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
    // In one session she asked for everyone's at most once for each look, and for one metric of six.
    expect(await refusals()).toBe(2);
  });

  it('are told apart by who called', async () => {
    const tab = await open();
    const { page } = tab;
    await page.getByText('By user', { exact: true }).click();
    await page.getByRole('row', { name: /^root account/ }).waitFor();
    await page.getByRole('row', { name: /^ann/ }).waitFor();
    await inspect(tab, 'usage-users');
    await page.getByText('Mine', { exact: true }).click();
    await page.getByText('Your own calls').waitFor();
    await page.getByText('By bucket', { exact: true }).click();
    // Without hers.
    const photos = page.getByRole('row', { name: /^photos/ });
    await expect.poll(() => photos.getByRole('cell').allInnerTexts())
      .toEqual(['photos', '14', '1', '586 KiB', expect.stringMatching(/B$/)]);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('are joined by the tokens of all keys', async () => {
    for (const name of ['one', 'two']) {
      const made = await root.oss({
        method: 'POST', bucket: '_lakeside', key: 'keys', headers: { 'x-oss-key-name': name },
      });
      const [, secret] = (await made.text()).split('\n');
      const said = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'fake', messages: [{ role: 'user', content: 'say hello' }] }),
      });
      expect(said.status).toBe(200);
    }
    const tab = await open();
    const { page } = tab;
    await page.getByRole('tab', { name: 'Tokens of models' }).click();
    await page.getByText('This is what all model keys of this account have used.').waitFor();
    await expect.poll(() => page.getByRole('cell', { name: 'fake' }).count()).toBe(2);
    await inspect(tab, 'usage-all-keys');
    await page.getByText('My key', { exact: true }).click();
    await page.getByText('No requests in this range').waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
