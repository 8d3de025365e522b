import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer } from './harness';

let server: Server;
let browser: Browser;
let client: Client;
beforeAll(async () => {
  server = await startServer('--fake-model');
  browser = await startBrowser();
  client = new Client(server);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function makeAnn() {
  await client.rpc('2015-05-01', 'CreateUser', { UserName: 'ann' });
  return client.rpc('2015-05-01', 'CreateAccessKey', { UserName: 'ann' });
}

describe('the overview', () => {
  it('shows what is stored and what goes on', async () => {
    await client.putBucket('photos');
    await client.put('photos', 'a.jpg', new Uint8Array(3_000_000));
    await client.oss({ method: 'GET', bucket: 'no-such-bucket' });
    const tab = await openTab(browser, server.url);
    const { page } = tab;
    const measured = page.waitForResponse(/\/_lakeside\/metrics/);
    await signIn(page);
    // Asked for every few seconds: only what is drawn, of hundreds of operations.
    const { length } = await (await measured).body();
    expect(length).toBeGreaterThan(100);
    expect(length).toBeLessThan(20_000);
    await page.getByText('2.86 MiB').waitFor();
    await page.getByText('Serving').waitFor();
    await page.getByText('fake').waitFor();
    await page.getByRole('cell', { name: 'ListObjects', exact: true }).waitFor();
    // Rates are drawn once there are two measurements.
    await client.put('photos', 'b.jpg', new Uint8Array(3_000_000));
    await page.getByRole('img', { name: /^Requests per second: Answered/ }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('figure path[d*="L"]').length > 0);
    await inspect(tab, 'overview');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Open the menu' }).waitFor();
    await inspect(tab, 'overview-phone');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('leads from a denial to its event', async () => {
    const { AccessKey: key } = await makeAnn();
    const ann = new Client(server, { accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret });
    await expect(ann.rpc('2015-05-01', 'ListUsers')).rejects.toThrow('NoPermission');
    const tab = await openTab(browser, server.url);
    const { page } = tab;
    await signIn(page);
    await page.getByRole('link', { name: 'Ram · ListUsers' }).waitFor();
    await inspect(tab, 'overview-denial');
    // One more while the page is open.
    await expect(ann.rpc('2015-05-01', 'ListGroups')).rejects.toThrow('NoPermission');
    await page.getByRole('link', { name: 'Ram · ListGroups' }).waitFor();
    await page.getByRole('link', { name: 'Ram · ListUsers' }).click();
    await page.getByText('What policies were asked').waitFor();
    await page.keyboard.press('Escape');
    await page.goBack();
    await page.getByRole('link', { name: 'All of them' }).click();
    await page.getByText('Only what failed').waitFor();
    await page.getByRole('button', { name: 'Ram · ListGroups' }).waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
    // Who may not see them is told so, and the rest is there.
    const hers = await openTab(browser, server.url);
    await signIn(hers.page, { accessKeyId: key.AccessKeyId, accessKeySecret: key.AccessKeySecret });
    await expect.poll(() => hers.page.getByText('You may not do this').count()).toBe(2);
    await hers.page.getByRole('img', { name: /^Requests per second/ }).waitFor();
    await inspect(hers, 'overview-denied');
    await hers.close();
  });

  it('is in Chinese, too', async () => {
    const tab = await openTab(browser, server.url, { language: 'zh' });
    await signIn(tab.page);
    await tab.page.getByText('运行中').first().waitFor();
    await inspect(tab, 'overview-zh');
    await tab.close();
  });
});

describe('connecting', () => {
  it('gives the lines to paste, with a key that works', async () => {
    const tab = await openTab(browser, `${server.url}/#/connect`);
    const { page } = tab;
    await signIn(page);
    await page.getByText('YOUR-ACCESS-KEY-ID').waitFor();
    await inspect(tab, 'connect');
    await page.getByRole('button', { name: 'Make a key for a program' }).click();
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByText('The secret is shown only now').waitFor();
    const code = (await page.getByRole('tabpanel').locator('pre').last().textContent())!;
    const accessKeyId = /accessKeyId: '([^']+)'/.exec(code)![1]!;
    const accessKeySecret = /accessKeySecret: '([^']+)'/.exec(code)![1]!;
    const program = new Client(server, { accessKeyId, accessKeySecret });
    await program.putBucket('from-the-program');
    expect((await program.rpc('2015-04-01', 'GetCallerIdentity')).Arn).toContain('user/my-program');
    // The name that is offered is taken now.
    await page.getByRole('button', { name: 'Make a key for a program' }).click();
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByText('There is a user of that name').waitFor();
    await page.getByLabel('Name of the user').fill('my-second-program');
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    await page.getByRole('main').getByText('Models', { exact: true }).click();
    await page.getByRole('button', { name: 'Make a key for models' }).click();
    await page.getByText('The secret is shown only now').waitFor();
    const models = (await page.getByRole('tabpanel').locator('pre').last().textContent())!;
    const key = /api_key='([^']+)'/.exec(models)![1]!;
    const answer = await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
    await inspect(tab, 'connect-models');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
