// What people do with files beyond looking at them: drop, move, sort into folders, fetch, let others in.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  Client, inspect, openTab, type Server, signIn, startBrowser, startServer, type Tab,
} from './harness';

let server: Server;
let browser: Browser;
let client: Client;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser();
  client = new Client(server);
  folder = mkdtempSync(join(tmpdir(), 'lakeside-console-'));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function openBucket(bucket: string): Promise<Tab> {
  await client.putBucket(bucket);
  const tab = await openTab(browser, `${server.url}/#/objects/${bucket}`);
  await signIn(tab.page);
  await tab.page.getByText('Nothing here').waitFor();
  return tab;
}

async function menu(page: Page, name: string, item: string) {
  await page.getByRole('button', { name: `What can be done with ${name}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function reload(page: Page, name: string) {
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByRole('button', { name, exact: true }).waitFor();
}

const textOf = async (bucket: string, key: string) =>
  (await client.oss({ method: 'GET', bucket, key })).text();

// As a hand does it: the browser itself drops what lies on the disk.
async function dragOver(page: Page, files: string[]) {
  const devtools = await page.context().newCDPSession(page);
  const box = (await page.locator('#content').boundingBox())!;
  const place = { x: box.x + box.width / 2, y: box.y + 150 };
  const data = { items: [], files, dragOperationsMask: 1 };
  const say = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    devtools.send('Input.dispatchDragEvent', { type, ...place, data });
  await say('dragEnter');
  await say('dragOver');
  return () => say('drop');
}

it('files and folders are dropped', async () => {
  const note = join(folder, 'note.txt');
  const album = join(folder, 'album');
  writeFileSync(note, 'a note');
  mkdirSync(join(album, 'summer'), { recursive: true });
  writeFileSync(join(album, 'cover.txt'), 'cover');
  writeFileSync(join(album, 'summer', 'lake.txt'), 'lake');
  const tab = await openBucket('dropped');
  const { page } = tab;
  const drop = await dragOver(page, [note, album]);
  await page.getByText('Drop files or folders to upload them here').waitFor();
  await inspect(tab, 'objects-drop');
  await drop();
  await page.getByText('3 of 3 files').waitFor();
  await page.getByRole('link', { name: 'album/' }).click();
  await page.getByRole('link', { name: 'summer/' }).click();
  await page.getByRole('button', { name: 'lake.txt', exact: true }).waitFor();
  expect(await textOf('dropped', 'album/summer/lake.txt')).toBe('lake');
  expect(await textOf('dropped', 'note.txt')).toBe('a note');
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('folders are made and things are moved there, with the access that they had', async () => {
  const tab = await openBucket('moved');
  const { page } = tab;
  await client.put('moved', 'poster.txt', 'poster');
  await reload(page, 'poster.txt');
  await page.getByRole('button', { name: 'poster.txt', exact: true }).click();
  await page.getByRole('tab', { name: 'Access' }).click();
  await page.getByLabel('Who may read this object').click();
  await page.getByTitle('Everybody may read', { exact: true }).click();
  await page.getByText('Anybody who can reach this server can read what is there').waitFor();
  await inspect(tab, 'object-access');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New folder' }).click();
  await page.getByLabel('Name of the folder').fill('wall');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'wall/' }).waitFor();
  await menu(page, 'poster.txt', 'Move to');
  await page.getByRole('textbox', { name: 'Folder', exact: true }).fill('wall');
  await page.getByRole('button', { name: 'Move to…' }).click();
  await page.getByRole('button', { name: 'poster.txt', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'wall/' }).click();
  await menu(page, 'poster.txt', 'Rename');
  await page.getByLabel('New name').fill('picture.txt');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'picture.txt', exact: true }).waitFor();
  // Nobody's key: it is as public as it was.
  const answer = await fetch(`${server.url}/moved/wall/picture.txt`);
  expect([answer.status, await answer.text()]).toEqual([200, 'poster']);
  expect((await client.oss({ method: 'HEAD', bucket: 'moved', key: 'poster.txt' })).status).toBe(404);
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('what is too large for one copy is renamed in parts', async () => {
  const tab = await openBucket('huge');
  const { page } = tab;
  await client.oss({
    method: 'PUT', bucket: 'huge', key: 'model.bin',
    headers: { 'content-type': 'application/x-model', 'x-oss-meta-made-by': 'ann', 'x-oss-object-acl': 'public-read' },
  }, 'weights');
  await reload(page, 'model.bin');
  // Beyond 5 GiB the server answers a copy like this.
  await page.route('**/huge/large.bin', (route) => (route.request().headers()['x-oss-copy-source']
    ? route.fulfill({
      status: 400, contentType: 'application/xml',
      body: '<Error><Code>EntityTooLarge</Code><Message>Too large.</Message></Error>',
    }) : route.fallback()));
  await menu(page, 'model.bin', 'Rename');
  await page.getByLabel('New name').fill('large.bin');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'large.bin', exact: true }).waitFor();
  const { headers } = await client.oss({ method: 'HEAD', bucket: 'huge', key: 'large.bin' });
  expect(headers.get('x-oss-object-type')).toBe('Multipart');
  expect(headers.get('content-type')).toBe('application/x-model');
  expect(headers.get('x-oss-meta-made-by')).toBe('ann');
  expect(await (await fetch(`${server.url}/huge/large.bin`)).text()).toBe('weights');
  expect((await client.oss({ method: 'HEAD', bucket: 'huge', key: 'model.bin' })).status).toBe(404);
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('several files are fetched at once', async () => {
  const tab = await openBucket('fetched');
  const { page } = tab;
  for (const name of ['a.txt', 'b.txt']) await client.put('fetched', name, `file ${name}`);
  await reload(page, 'b.txt');
  const downloads: Promise<string>[] = [];
  page.on('download', (download) => {
    downloads.push(download.path().then((path) => `${download.suggestedFilename()}: ${readFileSync(path, 'utf8')}`));
  });
  for (const name of ['a.txt', 'b.txt']) await page.getByLabel(`Select ${name}`).check();
  await page.getByText('2 selected').waitFor();
  await inspect(tab, 'objects-selected');
  await page.getByRole('button', { name: 'Download' }).click();
  await expect.poll(() => downloads.length).toBe(2);
  expect((await Promise.all(downloads)).sort()).toEqual(['a.txt: file a.txt', 'b.txt: file b.txt']);
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('a text that nothing says is one is shown when it is asked for, in its own letters', async () => {
  const tab = await openBucket('letters');
  const { page } = tab;
  // "湖边" as GBK has it.
  await client.put('letters', 'Dockerfile', Uint8Array.from([0xba, 0xfe, 0xb1, 0xdf]), 'application/octet-stream');
  await reload(page, 'Dockerfile');
  await page.getByRole('button', { name: 'Dockerfile', exact: true }).click();
  await page.getByRole('button', { name: 'Show as text' }).click();
  await page.getByText('湖边').waitFor();
  expect(tab.complaints).toEqual([]);
  await tab.close();
});

it('unfinished uploads are discarded in the settings', async () => {
  const tab = await openBucket('begun');
  const { page } = tab;
  await client.oss({ method: 'POST', bucket: 'begun', key: 'a b&c.bin', query: { uploads: undefined } });
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('tooltip').getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Discard' }).waitFor({ state: 'detached' });
  const left = await client.oss({ method: 'GET', bucket: 'begun', query: { uploads: undefined } });
  expect(await left.text()).not.toContain('<UploadId>');
  expect(tab.complaints).toEqual([]);
  await tab.close();
});
