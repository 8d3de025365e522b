import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Client, inspect, openTab, type Server, signIn, startBrowser, startProxy, startServer, type Tab,
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

async function openBucket(bucket: string, url = server.url): Promise<Tab> {
  const tab = await openTab(browser, `${url}/#/objects/${bucket}`);
  await signIn(tab.page);
  return tab;
}

const script = '<script>parent.pwned = top.pwned = 1</script>';
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFElEQVR4nGNgaPjPwMDAxAADUAYAFyoBg' +
  'k4AAAAASUVORK5CYII=', 'base64');

describe('buckets', () => {
  it('are made, shown and removed', async () => {
    const tab = await openTab(browser, `${server.url}/#/objects`);
    const { page } = tab;
    await signIn(page);
    await page.getByText('No buckets yet').waitFor();
    await inspect(tab, 'buckets-none');
    await page.getByRole('button', { name: 'Create a bucket' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Wrong_Name');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.locator('.ant-form-item-explain-error').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('holiday-photos');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('link', { name: 'holiday-photos' }).waitFor();
    await client.put('holiday-photos', 'a.txt', 'hello');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('cell', { name: '5 B' }).waitFor();
    await inspect(tab, 'buckets');
    await page.getByRole('button', { name: 'Settings holiday-photos' }).click();
    await page.getByText('Unfinished uploads').waitFor();
    await inspect(tab, 'bucket-settings');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Delete the bucket holiday-photos' }).click();
    // What is in it, and what was begun: it goes with its name typed, and not before.
    await client.oss({ method: 'POST', bucket: 'holiday-photos', key: 'b.bin', query: { uploads: undefined } });
    const everything = page.getByRole('button', { name: 'Delete everything' });
    await page.getByText('holiday-photos holds 1 object (5 B).').waitFor();
    expect(await everything.isDisabled()).toBe(true);
    await inspect(tab, 'bucket-delete');
    await page.getByLabel(/Type the name/).fill('holiday-photos');
    await everything.click();
    await page.getByText('No buckets yet').waitFor();
    // An empty one needs no more than a click.
    await client.putBucket('empty');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('button', { name: 'Delete the bucket empty' }).click();
    await page.getByText('empty is empty. It is gone at once.').waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No buckets yet').waitFor();
    expect(await (await client.oss({ method: 'GET' })).text()).not.toContain('<Name>');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});

describe('objects', () => {
  const names = [
    'a "quoted" name', 'b with spaces & <b>tags', 'c emoji 🏞️', 'd مرحبا', "e'quote", 'f%2Fpercent',
    'g+plus?query#hash', 'h\u0001control', 'i\\back', '<img src=x onerror=alert(1)>',
  ];

  it('are shown by any name, and nothing in a name is interpreted', async () => {
    await client.putBucket('names');
    for (const name of names) await client.put('names', `strange/${name}`, name);
    const tab = await openBucket('names');
    const { page } = tab;
    await page.getByRole('link', { name: 'strange/' }).click();
    await page.getByText(`${names.length} entries`).waitFor();
    for (const name of names) {
      const shown = name.replace('\u0001', '\u2401');
      await page.getByRole('button', { name: shown, exact: true }).click();
      // The preview has to sign the name as it is.
      await page.getByRole('tab', { name: 'Preview' }).waitFor();
      await page.getByText('There is no preview').or(page.locator('.ant-drawer pre')).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.ant-drawer').waitFor({ state: 'hidden' });
    }
    await inspect(tab, 'objects-names');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('are uploaded, renamed, copied and deleted', async () => {
    await client.putBucket('work');
    const file = join(folder, 'note.txt');
    writeFileSync(file, 'a note');
    const tab = await openBucket('work');
    const { page } = tab;
    await page.getByText('Nothing here').waitFor();
    await inspect(tab, 'objects-empty');
    await page.getByTestId('files').setInputFiles(file);
    await page.getByRole('button', { name: 'note.txt', exact: true }).waitFor();
    // Once more: it is there already.
    await page.getByTestId('files').setInputFiles(file);
    await page.getByRole('button', { name: 'Replace' }).click();
    await page.getByText('2 of 2 files').waitFor();
    await page.getByRole('button', { name: 'Clear the list' }).click();

    const menu = async (name: string, item: string) => {
      await page.getByRole('button', { name: `What can be done with ${name}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await menu('note.txt', 'Rename');
    await page.getByLabel('New name').fill('letter.txt');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'letter.txt', exact: true }).waitFor();
    await menu('letter.txt', 'Copy to');
    await page.getByLabel('Folder', { exact: true }).fill('archive');
    await page.getByRole('button', { name: 'Copy to…' }).click();
    await page.getByRole('link', { name: 'archive/' }).waitFor();
    expect(await (await client.oss({ method: 'GET', bucket: 'work', key: 'archive/letter.txt' })).text())
      .toBe('a note');

    await page.getByLabel('Select all').check();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('1 folder is deleted with everything in it.').waitFor();
    await inspect(tab, 'objects-delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nothing here').waitFor();
    const left = await (await client.oss({ method: 'GET', bucket: 'work' })).text();
    expect(left).not.toContain('<Key>');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('are previewed without being run', async () => {
    await client.putBucket('preview');
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${script}</svg>`;
    await client.put('preview', 'page.html', `<h1>Hello</h1>${script}`, 'text/html');
    await client.put('preview', 'picture.svg', svg, 'image/svg+xml');
    await client.put('preview', 'photo.png', png, 'image/png');
    await client.put('preview', 'data.json', '{"a":{"b":[1,2]}}', 'application/json');
    await client.put('preview', 'table.csv', 'city,people\nHangzhou,"12,520,000"\n', 'text/csv');
    await client.put('preview', 'readme.md', `# Title\n\n**bold** ${script}\n\n- [x](javascript:alert(1))\n`,
      'text/markdown');
    const tab = await openBucket('preview');
    const { page } = tab;
    const show = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('tab', { name: 'Preview' }).waitFor();
    };
    const hide = async () => {
      await page.keyboard.press('Escape');
      await page.locator('.ant-drawer').waitFor({ state: 'hidden' });
    };
    await show('page.html');
    await page.getByText('<h1>Hello</h1>').waitFor();
    await page.getByText('Rendered').click();
    await page.frameLocator('iframe').getByRole('heading', { name: 'Hello' }).waitFor();
    await hide();
    await show('picture.svg');
    await page.locator('.ant-drawer img').waitFor();
    await hide();
    await show('photo.png');
    await page.waitForFunction(() =>
      (document.querySelector('.ant-drawer img') as HTMLImageElement | null)?.naturalWidth === 2);
    await hide();
    await show('data.json');
    await page.getByText('"b": [').waitFor();
    await hide();
    await show('table.csv');
    await page.getByRole('cell', { name: '12,520,000' }).waitFor();
    await inspect(tab, 'preview-csv');
    await hide();
    await show('readme.md');
    await page.getByRole('heading', { name: 'Title' }).waitFor();
    expect(await page.locator('.ant-drawer a[href^="javascript"]').count()).toBe(0);
    await inspect(tab, 'preview-markdown');
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    // The sandbox says that it blocked the script: just that.
    expect(tab.complaints.filter((text) => !text.includes('sandboxed'))).toEqual([]);
    await tab.close();
  });

  it('that claim to be HTML are not of this origin when a browser opens them', async () => {
    await client.putBucket('evil');
    await client.oss({ method: 'PUT', bucket: 'evil', query: { acl: undefined },
      headers: { 'x-oss-acl': 'public-read' } });
    await client.put('evil', 'page.html',
      '<h1 id="h">Hi</h1><script>document.getElementById("h").textContent = origin</script>', 'text/html');
    await client.put('evil', 'sw.js', 'addEventListener("fetch", () => {})', 'text/javascript');
    const tab = await openTab(browser, `${server.url}/evil/page.html`);
    expect(await tab.page.locator('h1').textContent()).toBe('Hi');
    await tab.page.goto(server.url);
    const worker = await tab.page.evaluate(() =>
      navigator.serviceWorker.register('/evil/sw.js').then(() => 'registered', () => 'refused'));
    expect(worker).toBe('refused');
    await tab.close();
  });

  it('are shared by a link, with a QR code', async () => {
    await client.putBucket('shared');
    await client.put('shared', 'report.txt', 'figures');
    const tab = await openBucket('shared');
    const { page } = tab;
    await page.getByRole('button', { name: 'report.txt', exact: true }).click();
    await page.getByRole('tab', { name: 'Share' }).click();
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    await inspect(tab, 'share');
    const link = (await page.locator('.ant-drawer pre').textContent())!;
    expect(await (await fetch(link)).text()).toBe('figures');
    expect((await fetch(link.replace('report', 'other'))).status).toBe(403);
    await tab.close();
  });

  it('have metadata and access that can be changed', async () => {
    await client.putBucket('meta');
    await client.put('meta', 'page.txt', 'text');
    const tab = await openBucket('meta');
    const { page } = tab;
    await page.getByRole('button', { name: 'page.txt', exact: true }).click();
    await page.getByRole('tab', { name: 'Metadata' }).click();
    await page.getByLabel('cache-control').fill('max-age=60');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByPlaceholder('Name').fill('Author');
    await page.getByPlaceholder('Value').fill('Ann');
    await inspect(tab, 'metadata');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    const head = await client.oss({ method: 'HEAD', bucket: 'meta', key: 'page.txt' });
    expect(head.headers.get('cache-control')).toBe('max-age=60');
    expect(head.headers.get('x-oss-meta-author')).toBe('Ann');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });

  it('wait for a connection that was cut in the middle of 200 MiB, and go on', async () => {
    await client.putBucket('large');
    const file = join(folder, 'large.bin');
    // No two parts are the same.
    const bytes = Buffer.concat(Array.from({ length: 200 }, () => randomBytes(1024 * 1024)));
    writeFileSync(file, bytes);
    const proxy = await startProxy(server);
    const tab = await openBucket('large', proxy.url);
    const { page } = tab;
    await page.getByText('Nothing here').waitFor();
    await page.getByTestId('files').setInputFiles(file);
    const uploads = page.getByRole('region', { name: 'Uploads' });
    await uploads.getByText(/^[2-7]\d%$/).waitFor();
    proxy.cut();
    await uploads.getByText('No connection, trying again').waitFor();
    await inspect(tab, 'upload-cut');
    proxy.mend();
    await uploads.getByText('1 of 1 files').waitFor();
    const stored = await client.oss({ method: 'GET', bucket: 'large', key: 'large.bin' });
    expect(bytes.equals(Buffer.from(await stored.arrayBuffer()))).toBe(true);
    await page.getByRole('button', { name: 'large.bin', exact: true }).waitFor();
    await tab.close();
    await proxy.stop();
  });

  it('are paused and go on', async () => {
    await client.putBucket('paused');
    const file = join(folder, 'paused.bin');
    writeFileSync(file, 'start');
    truncateSync(file, 96 * 1024 * 1024);
    const tab = await openBucket('paused');
    const { page } = tab;
    await page.getByText('Nothing here').waitFor();
    // The first part is held back until the pause.
    await page.route(/partNumber=1&/, () => undefined);
    await page.getByTestId('files').setInputFiles(file);
    const uploads = page.getByRole('region', { name: 'Uploads' });
    await uploads.getByRole('button', { name: 'Pause paused.bin' }).click();
    await uploads.getByText('· Paused').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await uploads.getByRole('button', { name: 'Resume paused.bin' }).click();
    await uploads.getByText('1 of 1 files').waitFor();
    const head = await client.oss({ method: 'HEAD', bucket: 'paused', key: 'paused.bin' });
    expect(head.headers.get('content-length')).toBe(String(96 * 1024 * 1024));
    await tab.close();
  });

  it('come as a folder of 2,000 files', async () => {
    await client.putBucket('folder');
    const many = join(folder, 'many');
    for (let i = 0; i < 20; ++i) {
      mkdirSync(join(many, `part ${i}`), { recursive: true });
      for (let j = 0; j < 100; ++j) writeFileSync(join(many, `part ${i}`, `${j}.txt`), `${i}/${j}`);
    }
    const tab = await openBucket('folder');
    const { page } = tab;
    await page.getByText('Nothing here').waitFor();
    await page.getByTestId('folder').setInputFiles(many);
    await page.getByText('2000 of 2000 files').waitFor();
    await page.getByRole('link', { name: 'many/' }).waitFor();
    await inspect(tab, 'upload-folder');
    const stat = await (await client.oss({ method: 'GET', bucket: 'folder', query: { stat: undefined } })).text();
    expect(stat).toContain('<ObjectCount>2000</ObjectCount>');
    expect(tab.complaints).toEqual([]);
    await tab.close();
  });
});
