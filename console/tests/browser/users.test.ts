import { createHmac } from 'node:crypto';
import { truncateSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client, inspect, openTab, type Server, startBrowser, startServer } from './harness';

const RAM = '2015-05-01';
const PASSWORD = 'A-lake.2026!';

let server: Server;
let browser: Browser;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  client = new Client(server);
});
beforeEach(async (context) => {
  const has = await client.rpc(RAM, 'GetPasswordPolicy').then(() => true, () => false);
  if (!has) context.skip();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function makeUser(name: string, more: Record<string, string> = {}) {
  await client.rpc(RAM, 'CreateUser', { UserName: name });
  await client.rpc(RAM, 'CreateLoginProfile', { UserName: name, Password: PASSWORD, ...more });
}

async function signInUser(page: Page, name: string) {
  await page.getByText('RAM user', { exact: true }).click();
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.locator('button[type=submit]').click();
}

const heading = (page: Page) => page.getByRole('heading', { name: 'Overview', level: 1 });

// RFC 6238, from a seed in base 32.
function totp(seed: string, step: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...seed].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const sum = createHmac('sha1', key).update(counter).digest();
  const at = sum[19]! & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('a RAM user', () => {
  it('signs in with a password, is denied, and is told why', async () => {
    await makeUser('ann');
    const tab = await openTab(browser, server.url);
    const { page } = tab;
    await signInUser(page, 'ann');
    await heading(page).waitFor();
    await page.getByText('You may not do this').first().waitFor();
    await page.locator('summary').first().click();
    await page.getByText('oss:ListBuckets').waitFor();
    await inspect(tab, 'denied');
    await client.rpc(RAM, 'AttachPolicyToUser',
      { UserName: 'ann', PolicyName: 'AliyunOSSFullAccess', PolicyType: 'System' });
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText('Buckets', { exact: true }).waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('is refused with a wrong password', async () => {
    const tab = await openTab(browser, server.url);
    await signInUser(tab.page, 'nobody');
    await tab.page.getByRole('alert').waitFor();
    await tab.close();
  });

  it('binds a device and changes the password where it must', async () => {
    await makeUser('cai', { MFABindRequired: 'true', PasswordResetRequired: 'true' });
    const tab = await openTab(browser, server.url);
    const { page } = tab;
    await signInUser(page, 'cai');
    await page.getByLabel('First code').waitFor();
    await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
    await inspect(tab, 'sign-in-device');
    const seed = (await page.locator('form pre').textContent())!;
    const step = Math.floor(Date.now() / 30_000);
    await page.getByLabel('First code').fill(totp(seed, step - 1));
    await page.getByLabel('The code after it').fill(totp(seed, step));
    await page.locator('button[type=submit]').click();
    await page.getByLabel('New password').fill(`${PASSWORD}2`);
    await page.locator('button[type=submit]').click();
    await heading(page).waitFor();
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('signs in again when the session has ended, and the upload goes on', async () => {
    await makeUser('dan');
    await client.rpc(RAM, 'AttachPolicyToUser',
      { UserName: 'dan', PolicyName: 'AliyunOSSFullAccess', PolicyType: 'System' });
    await client.putBucket('expiry');
    const folder = mkdtempSync(join(tmpdir(), 'lakeside-console-'));
    const file = join(folder, 'large.bin');
    writeFileSync(file, 'start');
    truncateSync(file, 64 * 1024 * 1024);
    const tab = await openTab(browser, `${server.url}/#/objects/expiry`);
    const { page } = tab;
    await signInUser(page, 'dan');
    await page.getByText('Nothing here').waitFor();
    // The parts wait; by then the session is over.
    await page.route(/partNumber=/, () => undefined);
    await page.getByTestId('files').setInputFiles(file);
    const uploads = page.getByRole('region', { name: 'Uploads' });
    await uploads.getByText('Sending').waitFor();
    await page.getByRole('button', { name: 'Pause all' }).click();
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 24 * 3_600_000;
    });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.getByRole('button', { name: 'Resume all' }).click();
    await page.getByText('Your session has ended').waitFor();
    await inspect(tab, 'expired');
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() - 24 * 3_600_000;
    });
    await signInUser(page, 'dan');
    await uploads.getByText('1 of 1 files').waitFor();
    const head = await client.oss({ method: 'HEAD', bucket: 'expiry', key: 'large.bin' });
    expect(head.headers.get('content-length')).toBe(String(64 * 1024 * 1024));
    rmSync(folder, { recursive: true });
    await tab.close();
  });
});
