// Real files of each kind are shown; what only claims to be one is never run.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  Client, inspect, openTab, screenshot, type Server, signIn, startBrowser, startServer, type Tab,
} from './harness';
import { mp4, opus, pdf, png, wav } from './media';

let server: Server;
let browser: Browser;
let client: Client;
let tab: Tab;
let page: Page;
let asked: string[] = []; // addresses that anything in the tab asked for
beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser('--autoplay-policy=no-user-gesture-required');
  client = new Client(server);
  await client.putBucket('previews');
  tab = await openTab(browser, `${server.url}/#/objects/previews`);
  page = tab.page;
  await signIn(page);
  page.on('request', (request) => asked.push(request.url()));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(() => {
  asked = [];
  tab.complaints.length = 0;
});
afterEach(() => hide());

// Escape would go to the viewer in the frame, where that has the focus.
async function hide() {
  await drawer().getByRole('button', { name: 'Close' }).click();
  await drawer().waitFor({ state: 'hidden' });
}

async function show(key: string, body: BodyInit, type: string) {
  await client.put('previews', key, body, type);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByRole('button', { name: key, exact: true }).click();
  await page.getByRole('tab', { name: 'Preview' }).waitFor();
}

const drawer = () => page.locator('.ant-drawer');

describe('a preview shows', () => {
  it('a picture', async () => {
    await show('lake.png', png(160, 120), 'image/png');
    await page.waitForFunction(() =>
      document.querySelector<HTMLImageElement>('.ant-drawer img')?.naturalWidth === 160);
    await inspect(tab, 'preview-picture');
    expect(tab.complaints).toEqual([]);
  });

  it('a video, whose type nobody told', async () => {
    await show('clip.mp4', mp4, 'application/octet-stream');
    // It is decoded to its end.
    const size = await drawer().locator('video').evaluate(async (video: HTMLVideoElement) => {
      const ended = new Promise((resolve) => video.addEventListener('ended', resolve));
      await video.play();
      await ended;
      return [video.videoWidth, video.videoHeight];
    });
    expect(size).toEqual([16, 16]);
    await inspect(tab, 'preview-video');
    expect(tab.complaints).toEqual([]);
  });

  it.each([['tone.wav', wav(1), 'audio/wav'], ['tone.webm', opus, 'audio/webm']])('sound in %s', async (
    key, body, type,
  ) => {
    await show(key, body, type);
    await drawer().locator('audio').evaluate(async (audio: HTMLAudioElement) => {
      const ended = new Promise((resolve) => audio.addEventListener('ended', resolve));
      await audio.play();
      await ended;
    });
    await inspect(tab, 'preview-sound');
    expect(tab.complaints).toEqual([]);
  });

  it('a PDF', async () => {
    await show('report.pdf', pdf('A report about lakes'), 'application/pdf');
    // The browser's viewer has a frame of its own in ours; what it drew is in the screenshot.
    await expect.poll(() => page.frames().length, { timeout: 20_000 }).toBe(3);
    await screenshot(page, 'preview-pdf');
    expect(tab.complaints).toEqual([]);
  });

  it('Markdown, of which nothing is loaded or run', async () => {
    await show('readme.md', [
      '# Lakes', '', '| lake | depth |', '| --- | --- |', '| West Lake | 2.3 m |', '',
      '- [x] seen', '', '```js', 'const a = "<b>";', '```', '', '![map](http://127.0.0.1:9/map.png)',
      '<img src=x onerror="top.ran = 1">', '[link](javascript:top.ran=1)', '[site](https://example.com/)',
    ].join('\n'), 'text/markdown');
    await page.getByRole('heading', { name: 'Lakes' }).waitFor();
    await page.getByRole('cell', { name: 'West Lake' }).waitFor();
    await page.getByText('const a = "<b>";').waitFor();
    expect(await drawer().locator('a').evaluateAll((links) => links.map((a) => a.getAttribute('href'))))
      .toEqual(['https://example.com/']);
    expect(asked.filter((url) => url.includes(':9/'))).toEqual([]);
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    await inspect(tab, 'preview-markdown-all');
    expect(tab.complaints).toEqual([]);
  });

  it('JSON, a table and long text', async () => {
    await show('config.json', '{"lake":{"name":"西湖","depths":[1,2.5,null],"on":true}}', 'application/json');
    await page.getByText('"name": "西湖"').waitFor();
    await inspect(tab, 'preview-json');
    await hide();
    await show('people.csv', '\ufeffcity,people\n"Hang""zhou","12,520,000"\n"two\nlines",<b>\n', 'text/csv');
    await page.getByRole('cell', { name: 'Hang"zhou' }).waitFor();
    await page.getByRole('cell', { name: '<b>' }).waitFor();
    expect(await drawer().getByRole('columnheader').first().textContent()).toBe('city');
    await hide();
    await show('server.log', 'one line of a long log\n'.repeat(40_000), 'application/octet-stream');
    await page.getByText('Only the first 512 KiB').waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('nothing where a picture is none', async () => {
    await show('broken.png', 'no picture at all', 'image/png');
    await page.getByText('There is no preview').waitFor();
  });
});

// What a script could do is ask for this.
const RUN = '/was-run';
const script = `<script>top.ran = 1; parent.ran = 1; fetch('${RUN}'); new Image().src = '${RUN}'</script>`;
const body = `<h1 id="h">Hello</h1>${script}<img src="x" onerror="fetch('${RUN}')">`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90" onload="fetch('${RUN}')">` +
  `${script}<rect width="90" height="90" fill="green"/></svg>`;

describe('what claims to be', () => {
  const nothingRan = async () => {
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(asked.filter((url) => url.includes(RUN))).toEqual([]);
    // The sandbox says that it blocked a script, and nothing else complains.
    expect(tab.complaints.filter((text) => !text.includes('sandboxed'))).toEqual([]);
  };

  it.each([
    ['a.html', 'text/html'], ['b.xhtml', 'application/xhtml+xml; charset=utf-8'],
    ['c.txt', 'text/html'], ['d.HTM', 'application/octet-stream'],
  ])('a page (%s, %s) is text at first, and rendered in a sandbox', async (key, type) => {
    const whole = `<html xmlns="http://www.w3.org/1999/xhtml"><body>${body.replace(/"x" (.*)>$/, '"x" $1/>')}</body></html>`;
    await show(key, whole, type);
    await page.getByText('<h1 id="h">Hello</h1>').waitFor();
    await page.getByText('Rendered').click();
    const frame = page.locator('iframe');
    expect(await frame.getAttribute('sandbox')).toBe('');
    if (type !== 'application/octet-stream') {
      await page.frameLocator('iframe').getByRole('heading', { name: 'Hello' }).waitFor();
    }
    await nothingRan();
  });

  it.each([['drawing.svg', 'image/svg+xml'], ['drawing.png', 'image/svg+xml']])(
    'a drawing (%s, %s) is a picture', async (key, type) => {
      await show(key, svg, type);
      await page.waitForFunction(() =>
        document.querySelector<HTMLImageElement>('.ant-drawer img')?.naturalWidth === 90);
      await nothingRan();
    });

  it.each([
    ['page.png', 'image/png'], ['page.mp4', 'video/mp4'], ['page.mp3', 'audio/mpeg'],
  ])('%s, but is a page, is not shown', async (key, type) => {
    await show(key, body, type);
    await page.getByText('There is no preview').waitFor();
    await nothingRan();
  });

  it.each([
    ['e.pdf', 'application/pdf'], ['f.pdf', 'text/plain'],
  ])('a PDF (%s, %s), but is a page, is not one', async (key, type) => {
    await show(key, `<html><body>${body}</body></html>`, type);
    await page.locator('iframe').waitFor();
    await expect.poll(() => asked.some((url) => url.includes(`${key}?`))).toBe(true);
    await screenshot(page, 'preview-pdf-none');
    await nothingRan();
  });
});
