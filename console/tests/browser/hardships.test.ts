// What goes wrong while somebody works: sessions end, servers restart, policies deny, two tabs are in
// each other's way, and there is little room.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Request, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Client, inspect, openTab, screenshot, type Server, signIn, startBrowser, startProxy, startServer,
} from './harness';

const RAM = '2015-05-01';
const MIB = 1024 * 1024;
const PAGES = ['overview', 'connect', 'objects', 'models', 'playground', 'usage/services', 'usage/models',
  'people/users', 'people/groups', 'people/roles', 'people/policies', 'people/keys', 'people/simulator',
  'activity'];

let server: Server;
let browser: Browser;
let root: Client;
let folder: string;
const more: Server[] = []; // that tests started themselves
beforeAll(async () => {
  server = await startServer('--fake-model');
  browser = await startBrowser();
  root = new Client(server);
  folder = mkdtempSync(join(tmpdir(), 'lakeside-console-'));
  await root.rpc(RAM, 'CreateUser', { UserName: 'nobody' });
});
afterAll(async () => {
  await browser.close();
  for (const one of [server, ...more]) await one.stop();
  rmSync(folder, { recursive: true });
});

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const digestOf = async (client: Client, bucket: string, key: string) =>
  digest(new Uint8Array(await (await client.oss({ method: 'GET', bucket, key })).arrayBuffer()));
const uploadsOf = (page: Page) => page.getByRole('region', { name: 'Uploads' });

function makeFile(name: string, bytes: number) {
  const content = randomBytes(bytes);
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, digest: digest(content) };
}

async function keyOf(user: string) {
  const { AccessKey: key } = await root.rpc(RAM, 'CreateAccessKey', { UserName: user });
  return { accessKeyId: String(key.AccessKeyId), accessKeySecret: String(key.AccessKeySecret) };
}

async function go(page: Page, path: string) {
  await page.evaluate((to) => {
    location.hash = `/${to}`;
  }, path);
}

// Who came with a password is asked to sign in again: users.test.ts.
it('a session that the server ends in the middle of an upload is begun anew with the key', async () => {
  await root.putBucket('ended');
  const file = makeFile('ended.bin', 40 * MIB);
  const tab = await openTab(browser, `${server.url}/#/objects/ended`);
  const { page } = tab;
  await signIn(page);
  await page.getByText('Nothing here').waitFor();
  const begun: string[] = [];
  page.on('request', (request) => begun.push(request.headers()['x-acs-action'] ?? ''));
  let refused = 0;
  await page.route(/partNumber=3&/, async (route) => {
    if (refused++ > 0) return route.continue();
    await route.fulfill({
      status: 403, contentType: 'application/xml',
      body: '<?xml version="1.0"?><Error><Code>SecurityTokenExpired</Code><Message>The security token ' +
        'you provided has expired.</Message><RequestId>1</RequestId></Error>',
    });
  });
  await page.getByTestId('files').setInputFiles(file.path);
  await uploadsOf(page).getByText('1 of 1 files').waitFor();
  expect(refused).toBe(2);
  expect(begun.filter((action) => action === 'CreateSession')).toHaveLength(1);
  expect(await page.getByText('Your session has ended').count()).toBe(0);
  expect(await digestOf(root, 'ended', 'ended.bin')).toBe(file.digest);
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('the page works with a session of an hour, and signing out ends it', async () => {
  const tab = await openTab(browser, server.url);
  const { page } = tab;
  const keys = new Set<string>();
  let session: Request | undefined;
  page.on('request', (request) => {
    const id = /Credential=([^,/]+)/.exec(request.headers().authorization ?? '')?.[1];
    if (!id) return;
    keys.add(`${id.startsWith('STS.') ? 'session' : 'key'} ${request.headers()['x-acs-action'] ?? 'oss'}`);
    if (request.headers()['x-acs-action'] === 'GetCallerIdentity') session = request;
  });
  await signIn(page);
  await page.getByText('Requests').first().waitFor();
  expect([...keys].filter((one) => one.startsWith('key'))).toEqual(['key CreateSession']);
  const ended = page.waitForResponse((answer) => answer.request().headers()['x-acs-action'] === 'EndSession');
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByText('Sign out').click();
  expect((await ended).status()).toBe(200);
  // What was signed with it is refused from now on, whatever its signature's worth.
  const again = await fetch(session!.url(), { method: 'POST', headers: await session!.allHeaders() });
  expect(await again.text()).toMatch(/InvalidSecurityToken|SecurityTokenExpired|SignatureNonceUsed/);
  await tab.close();
});

describe('a server that is started again', () => {
  it('is waited for: pages say so and go on, and an upload loses nothing', async () => {
    const data = join(folder, 'data');
    const start = async () => {
      more.push(await startServer('--data', data));
      return more.at(-1)!;
    };
    let lasting = await start();
    const proxy = await startProxy(lasting);
    const client = new Client(lasting);
    await client.putBucket('lasting');
    const file = makeFile('lasting.bin', 40 * MIB);
    const tab = await openTab(browser, `${proxy.url}/#/people/users`);
    const { page } = tab;
    await signIn(page);
    await page.getByRole('tab', { name: 'Groups' }).waitFor();
    await go(page, 'objects/lasting');
    await page.getByText('Nothing here').waitFor();
    // One part waits until the server is gone, so that it cannot be through before.
    const held: Route[] = [];
    await page.route(/partNumber=3&/, (route) => void held.push(route));
    await page.getByTestId('files').setInputFiles(file.path);
    await uploadsOf(page).getByText(/^[3-9]\d%$/).waitFor();
    proxy.cut();
    await lasting.stop();
    for (const route of held) await route.abort();
    await page.unroute(/partNumber=3&/);
    await go(page, 'people/groups');
    await page.getByText('The server did not answer').first().waitFor();
    await inspect(tab, 'server-gone');
    // A page that was not opened yet is waited for.
    await go(page, 'usage/services');
    await page.locator('main .ant-spin').waitFor();

    lasting = await start();
    proxy.mend(lasting);
    await page.getByRole('img', { name: /over time/ }).waitFor();
    const stored = () => digestOf(new Client(lasting), 'lasting', 'lasting.bin');
    await expect.poll(stored, { timeout: 60_000, interval: 500 }).toBe(file.digest);
    expect(tab.complaints).toEqual([]);
    await tab.close();
    await proxy.stop();
  });
});

describe('who may do nothing', () => {
  it('sees on every page what is denied, and why, and nothing breaks', async () => {
    const tab = await openTab(browser, server.url);
    const { page } = tab;
    await signIn(page, await keyOf('nobody'));
    // What needs no permission: the address to connect to, the forms that ask for a model key, one's own usage.
    const open = new Set(['connect', 'models', 'playground', 'usage/services', 'usage/models', 'people/simulator']);
    for (const path of PAGES.filter((one) => !open.has(one) && one !== 'people/keys')) {
      await go(page, path);
      await page.getByText('You may not do this').first().waitFor();
      await page.getByText('no policy allows it').first().waitFor({ state: 'attached' });
      await screenshot(page, `denied-${path.replace('/', '-')}`);
    }
    for (const path of open) {
      await go(page, path);
      await page.locator('#content').getByRole('button').first().waitFor();
    }
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('is told so where a change is denied, and what was there stays', async () => {
    await root.rpc(RAM, 'CreateUser', { UserName: 'reader' });
    await root.rpc(RAM, 'AttachPolicyToUser',
      { UserName: 'reader', PolicyName: 'AliyunOSSReadOnlyAccess', PolicyType: 'System' });
    await root.putBucket('readonly');
    await root.put('readonly', 'a.txt', 'a');
    const tab = await openTab(browser, `${server.url}/#/objects/readonly`);
    const { page } = tab;
    await signIn(page, await keyOf('reader'));
    await page.getByRole('button', { name: 'a.txt', exact: true }).waitFor();
    await page.getByTestId('files').setInputFiles(makeFile('new.txt', 10).path);
    await uploadsOf(page).getByRole('button', { name: 'Why new.txt' }).click();
    await page.getByRole('dialog').getByText('oss:PutObject', { exact: true }).waitFor();
    await inspect(tab, 'denied-upload');
    await page.keyboard.press('Escape');
    await page.getByLabel('Select all').check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('oss:DeleteObject').first().waitFor();
    await inspect(tab, 'denied-change');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'a.txt', exact: true }).waitFor();
    expect((await root.oss({ method: 'HEAD', bucket: 'readonly', key: 'a.txt' })).status).toBe(200);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('two tabs', () => {
  it('are signed in for themselves, and find what the other did', async () => {
    await root.putBucket('both');
    await root.put('both', 'gone.txt', 'gone');
    const tabs = [];
    for (let i = 0; i < 2; ++i) {
      const tab = await openTab(browser, `${server.url}/#/objects/both`);
      await signIn(tab.page);
      await tab.page.getByRole('button', { name: 'gone.txt', exact: true }).waitFor();
      tabs.push(tab);
    }
    const [one, two] = tabs.map(({ page }) => page) as [Page, Page];
    await root.oss({ method: 'DELETE', bucket: 'both', key: 'gone.txt' });
    await two.getByRole('button', { name: 'gone.txt', exact: true }).click();
    await two.getByText('It is not there').waitFor();
    await two.keyboard.press('Escape');
    // Both bring the same name: the second one is asked.
    const mine = makeFile('same.txt', 20);
    await one.getByTestId('files').setInputFiles(mine.path);
    await uploadsOf(one).getByText('1 of 1 files').waitFor();
    writeFileSync(mine.path, 'of the second tab');
    await two.getByTestId('files').setInputFiles(mine.path);
    await uploadsOf(two).getByRole('button', { name: 'Replace' }).waitFor();
    expect(await digestOf(root, 'both', 'same.txt')).toBe(mine.digest);
    await two.getByRole('button', { name: 'Replace' }).click();
    await uploadsOf(two).getByText('1 of 1 files').waitFor();
    // One signs out; the other works on.
    await one.getByRole('button', { name: 'Account: Root account' }).click();
    await one.getByText('Sign out').click();
    await one.getByLabel('AccessKey ID').waitFor();
    await two.getByRole('button', { name: 'Refresh' }).click();
    await two.getByRole('button', { name: 'same.txt', exact: true }).waitFor();
    for (const tab of tabs) {
      expect(tab.complaints).toEqual([]);
      await tab.close();
    }
  });
});

describe('on a phone', () => {
  it.each(['en', 'zh'] as const)('every page fits 360 pixels (%s)', async (language) => {
    await root.putBucket('phone').catch(() => undefined);
    await root.put('phone', 'a folder with a rather long name/and a file with a name that is longer still.txt', 'a');
    await root.put('phone', 'an object with a name that does not fit into a line of a telephone.txt', 'a');
    const tab = await openTab(browser, server.url, { language, viewport: { width: 360, height: 740 } });
    const { page } = tab;
    await signIn(page);
    const tooWide: string[] = [];
    const look = async (name: string) => {
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await page.waitForFunction(() => !document.querySelector('main .ant-spin-spinning, .ant-skeleton'));
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) tooWide.push(name);
      await screenshot(page, `phone-${language}-${name.replaceAll('/', '-')}`);
    };
    for (const path of [...PAGES, 'people/give', 'people/policies/new']) {
      await go(page, path);
      await look(path);
    }
    await go(page, 'objects/phone');
    await page.getByRole('button', { name: /^an object.*txt$/ }).waitFor();
    await look('objects/phone');
    await page.getByRole('button', { name: /^an object.*txt$/ }).click();
    await page.locator('.ant-drawer [role=tab]').first().waitFor();
    await look('object');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: language === 'en' ? 'Settings' : '设置' }).click();
    await page.locator('.ant-drawer [role=tab]').nth(1).click();
    await look('bucket-policy');
    expect(tooWide).toEqual([]);
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
