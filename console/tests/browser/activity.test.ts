import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer } from './harness';

const RAM = '2015-05-01';

let server: Server;
let browser: Browser;
let root: Client;
let ann: Client;
beforeAll(async () => {
  server = await startServer('--audit-data-events', 'on');
  browser = await startBrowser();
  root = new Client(server);
  await root.putBucket('photos');
  await root.put('photos', 'wages.txt', 'secret');
  await root.rpc(RAM, 'CreateUser', { UserName: 'ann', DisplayName: '<b>"ann"</b>' });
  const { AccessKey: key } = await root.rpc(RAM, 'CreateAccessKey', { UserName: 'ann' });
  const statement = (Effect: string, Action: string) => ({ Effect, Action, Resource: '*' });
  await root.rpc(RAM, 'CreatePolicy', {
    PolicyName: 'no-wages', PolicyDocument: JSON.stringify({
      Version: '1', Statement: [statement('Allow', 'oss:List*'), statement('Deny', 'oss:GetObject')],
    }),
  });
  await root.rpc(RAM, 'AttachPolicyToUser', {
    UserName: 'ann', PolicyName: 'no-wages', PolicyType: 'Custom',
  });
  ann = new Client(server, {
    accessKeyId: String(key.AccessKeyId), accessKeySecret: String(key.AccessKeySecret),
  });
  const denied = await ann.oss({ method: 'GET', bucket: 'photos', key: 'wages.txt' });
  expect(denied.status).toBe(403);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function opened(language: 'en' | 'zh' = 'en', options = {}) {
  const tab = await openTab(browser, server.url, { language, ...options });
  await signIn(tab.page);
  await tab.page.evaluate(() => {
    location.hash = '/activity';
  });
  return tab;
}

describe('activity', () => {
  it('leads from a denial to the statement that decided it', async () => {
    const tab = await opened();
    const { page } = tab;
    await page.getByRole('button', { name: 'Ram · CreatePolicy' }).waitFor();
    await inspect(tab, 'activity');
    await page.getByLabel('Outcome').click();
    await page.getByTitle('Only what was denied').click();
    await page.getByText('AccessDenied').first().waitFor();
    expect(await page.getByRole('button', { name: 'Ram · CreatePolicy' }).count()).toBe(0);
    await page.getByRole('button', { name: /GetObject/ }).first().click();
    await page.getByText('What policies were asked').waitFor();
    await inspect(tab, 'activity-event');
    await page.getByRole('link', { name: 'Who decided this? oss:GetObject' }).click();
    const answer = page.getByRole('region', { name: 'Denied' });
    await answer.getByText('Statement 2 of no-wages denies it').waitFor();
    await answer.getByRole('link', { name: 'no-wages' }).click();
    await page.getByText('Statement 2 is the one that decided.').waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('is filtered, and followed live', async () => {
    const tab = await opened();
    const { page } = tab;
    await page.getByLabel('User', { exact: true }).fill('ann');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /GetObject/ }).waitFor();
    expect(await page.getByRole('button', { name: 'Ram · CreateUser' }).count()).toBe(0);
    await page.getByRole('switch', { name: 'Follow live' }).click();
    await ann.oss({ method: 'GET', bucket: 'photos' });
    await page.getByRole('button', { name: /ListObjects|GetBucket/ }).waitFor();
    await page.getByLabel('Call', { exact: true }).fill('Nothing');
    await page.keyboard.press('Enter');
    await page.getByText('No event in that time fits').waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('leaves out what it reads itself, says so, and shows what others read', async () => {
    const tab = await opened();
    const { page } = tab;
    await page.getByLabel('Call', { exact: true }).fill('LookupEvents');
    await page.keyboard.press('Enter');
    await root.rpc('2020-07-06', 'LookupEvents');
    await page.getByRole('switch', { name: 'Follow live' }).click();
    await page.getByText(/Show [1-9]\d* reads? of this console for you/).waitFor();
    // By the same key, and not from here.
    await page.getByRole('button', { name: 'Actiontrail · LookupEvents' }).waitFor();
    await page.getByText('1 event', { exact: true }).waitFor();
    await page.getByRole('switch', { name: 'Show what this console reads for you' }).click();
    await page.getByText(/^([2-9]|\d\d) events/).waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('speaks Chinese, on a phone too', async () => {
    const tab = await opened('zh', { viewport: { width: 360, height: 740 } });
    await tab.page.getByRole('button', { name: 'Ram · CreatePolicy' }).waitFor();
    await inspect(tab, 'activity-zh-phone');
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('says who may not see it', async () => {
    const { AccessKey: key } = await root.rpc(RAM, 'CreateAccessKey', { UserName: 'ann' });
    const tab = await openTab(browser, server.url);
    await signIn(tab.page, {
      accessKeyId: String(key.AccessKeyId), accessKeySecret: String(key.AccessKeySecret),
    });
    await tab.page.evaluate(() => {
      location.hash = '/activity';
    });
    await tab.page.getByText('You may not do this').waitFor();
    await tab.page.getByText('actiontrail:LookupEvents', { exact: true }).waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
