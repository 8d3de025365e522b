// Settings of buckets, and the way from a folder to letting somebody read it.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer } from './harness';

let server: Server;
let browser: Browser;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  client = new Client(server);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function settingsOf(bucket: string, tabName: string, key?: Parameters<typeof signIn>[1]) {
  const tab = await openTab(browser, `${server.url}/#/objects/${bucket}`);
  await signIn(tab.page, key);
  await tab.page.getByRole('button', { name: 'Settings' }).click();
  await tab.page.getByRole('tab', { name: tabName }).click();
  return tab;
}
const statusOf = async (path: string) => (await fetch(`${server.url}/${path}`)).status;

describe('a bucket\'s policy', () => {
  it('is written, refused where it is wrong, saved and removed', async () => {
    await client.putBucket('open');
    await client.put('open', 'a.txt', 'a');
    const tab = await settingsOf('open', 'Bucket policy');
    const { page } = tab;
    await page.getByText('This bucket has no policy.').waitFor();
    expect(await statusOf('open/a.txt')).toBe(403);
    await page.getByRole('button', { name: 'Anybody may read' }).click();
    const document = page.getByRole('textbox', { name: 'Policy as JSON' });
    const good = await document.inputValue();
    // What is no JSON is not sent; what is no policy the server refuses, at its line.
    await document.fill(good.replace('"Version": "1",', '"Version": "1"'));
    await page.getByRole('alert').getByText(/^Line 3/).waitFor();
    expect(await page.getByRole('button', { name: 'Save the policy' }).isDisabled()).toBe(true);
    await document.fill(good.replace('"Allow"', '"Perhaps"'));
    await page.getByRole('button', { name: 'Save the policy' }).click();
    await page.getByRole('alert').getByText(/^Line 5/).waitFor();
    await inspect(tab, 'bucket-policy-fault');
    await document.fill(good);
    await page.getByRole('button', { name: 'Save the policy' }).click();
    await page.getByText('This policy lets in anybody').waitFor();
    await inspect(tab, 'bucket-policy');
    expect(await statusOf('open/a.txt')).toBe(200);
    await page.getByRole('button', { name: 'Remove the policy' }).click();
    await page.getByRole('tooltip').getByRole('button', { name: 'Remove the policy' }).click();
    await page.getByText('This bucket has no policy.').waitFor();
    expect(await statusOf('open/a.txt')).toBe(403);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it.each(['Only over HTTPS', 'Only from some addresses'])('may begin with "%s"', async (name) => {
    await client.oss({ method: 'PUT', bucket: 'begun' });
    const tab = await settingsOf('begun', 'Bucket policy');
    await tab.page.getByRole('button', { name }).click();
    await tab.page.getByRole('button', { name: 'Save the policy' }).click();
    await tab.page.getByRole('button', { name: 'Remove the policy' }).waitFor();
    await client.oss({ method: 'DELETE', bucket: 'begun', query: { policy: undefined } });
    await tab.close();
  });
});

it('public access is blocked, for a bucket and for the account', async () => {
  await client.putBucket('blocked');
  await client.put('blocked', 'a.txt', 'a');
  await client.oss({ method: 'PUT', bucket: 'blocked', query: { acl: undefined },
    headers: { 'x-oss-acl': 'public-read' } });
  const tab = await settingsOf('blocked', 'Public access');
  const { page } = tab;
  for (const name of ['Block public access to this bucket', 'Block public access to all buckets of this account']) {
    expect(await statusOf('blocked/a.txt')).toBe(200);
    await page.getByRole('switch', { name }).click();
    await page.getByRole('switch', { name, checked: true }).waitFor();
    expect(await statusOf('blocked/a.txt')).toBe(403);
    await inspect(tab, `public-access-${name.includes('all') ? 'account' : 'bucket'}`);
    await page.getByRole('switch', { name }).click();
    await page.getByRole('switch', { name, checked: false }).waitFor();
  }
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('a folder is given to somebody to read', async () => {
  await client.putBucket('given');
  await client.put('given', 'for "ann" & co/a.txt', 'a');
  const tab = await openTab(browser, `${server.url}/#/objects/given`);
  const { page } = tab;
  await signIn(page);
  await page.getByRole('link', { name: 'for "ann" & co/' }).click();
  await page.getByRole('button', { name: 'a.txt', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Give read access' }).click();
  await page.getByRole('combobox', { name: 'Bucket' }).waitFor();
  expect(await page.locator('#bucket').inputValue()).toBe('given');
  expect(await page.locator('#prefix').inputValue()).toBe('for "ann" & co/');
  expect(tab.complaints).toEqual([]);
  await tab.close();
});
