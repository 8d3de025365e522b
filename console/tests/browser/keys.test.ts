// Model keys, passwords and second factors.
import { createHmac } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client, inspect, openTab, type Server, signIn, startBrowser, startServer } from './harness';

const RAM = '2015-05-01';

let server: Server;
let browser: Browser;
let root: Client;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  root = new Client(server);
  await root.rpc(RAM, 'CreateUser', { UserName: 'ann' });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function opened(path: string) {
  const tab = await openTab(browser, server.url);
  await signIn(tab.page);
  await tab.page.evaluate((to) => {
    location.hash = to;
  }, path);
  return tab;
}

// RFC 6238 with the authenticator apps' values.
function totp(seed: string, step: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...seed].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const sum = createHmac('sha1', bytes).update(counter).digest();
  const value = sum.readUInt32BE(sum[19]! & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}

it('makes model keys, shown once, with limits', async () => {
  const tab = await opened('/people/keys');
  const { page } = tab;
  await page.getByRole('button', { name: 'New model key' }).click();
  const name = 'ann’s <b>"bot"</b> 🤖';
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByLabel('Models', { exact: true }).fill('qwen3-0.6b');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.getByLabel('Tokens per minute').fill('1000');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('The secret is shown this once').waitFor();
  const [, secret] = await page.locator('dl dd code').allTextContents();
  const listed = async () =>
    (await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status;
  expect(await listed()).toBe(200);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByText(name).waitFor();
  await page.getByText('1,000').waitFor();
  await inspect(tab, 'people-model-keys');
  await page.getByRole('button', { name: `Disable ${name}` }).click();
  await page.getByRole('tooltip').getByRole('button', { name: 'Disable' }).click();
  await page.getByText('Disabled').waitFor();
  expect(await listed()).toBe(401);
  await page.getByRole('button', { name: `Delete ${name}` }).click();
  await page.getByRole('tooltip').getByRole('button', { name: 'Delete' }).click();
  await page.getByText(name).waitFor({ state: 'detached' });
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('lets a user sign in with a password and a second factor', async (context) => {
  const has = await root.rpc(RAM, 'GetPasswordPolicy').then(() => true, () => false);
  if (!has) context.skip();
  const tab = await opened('/people/users/ann');
  const { page } = tab;
  await page.getByRole('button', { name: 'Allow sign-in' }).click();
  await page.getByRole('textbox', { name: 'Password' }).fill('short');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('not compliant with the password policy').waitFor();
  await page.getByRole('textbox', { name: 'Password' }).fill('Lakeside-2026!');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Change the password' }).waitFor();
  await page.getByRole('button', { name: 'Set up a second factor' }).click();
  await page.getByAltText('QR code of the second factor').waitFor();
  const seed = (await page.getByRole('dialog').locator('code').first().textContent())!;
  const step = Math.floor(Date.now() / 30_000);
  await page.getByLabel('First code').fill(totp(seed, step - 1));
  await page.getByLabel('Next code').fill(totp(seed, step));
  await inspect(tab, 'people-mfa');
  await page.getByRole('button', { name: 'Switch it on' }).click();
  await page.getByRole('button', { name: 'Remove the second factor' }).waitFor();
  await inspect(tab, 'people-user-sign-in');
  await page.evaluate(() => {
    location.hash = '/people/passwords';
  });
  await page.getByText('What passwords must be like').waitFor();
  await inspect(tab, 'people-passwords');
  await root.rpc(RAM, 'GetUserMFAInfo', { UserName: 'ann' });
  expect(tab.complaints).toEqual([]);
  await tab.close();
});
