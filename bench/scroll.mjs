// Scrolls a folder of very many keys to its end, and prints what the tab had in memory as one line of
// JSON: scroll.mjs URL KEY_ID SECRET BUCKET PREFIX. It speaks to the browser itself: playwright has the
// browser keep the answers of all requests, in the very process that is measured.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [url, keyId, secret, bucket, prefix] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), 'lakeside-scroll-'));
const browser = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
  '--disable-extensions', '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank',
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

const waiting = new Map();
let text = '';
browser.stdio[4].on('data', (bytes) => {
  text += bytes;
  for (let end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0')) {
    const { id, error, result } = JSON.parse(text.slice(0, end));
    text = text.slice(end + 1);
    const [resolve, reject] = waiting.get(id) ?? [];
    waiting.delete(id);
    if (error) reject?.(new Error(error.message));
    else resolve?.(result);
  }
});
let last = 0;
function send(method, params = {}, sessionId = undefined) {
  browser.stdio[3].write(`${JSON.stringify({ id: ++last, method, params, sessionId })}\0`);
  return new Promise((...settle) => waiting.set(last, settle));
}

const { targetId } = await send('Target.createTarget', { url });
const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
await send('Page.bringToFront', {}, sessionId);

async function evaluate(expression) {
  const { result, exceptionDetails } = await send('Runtime.evaluate',
    { expression, awaitPromise: true, returnByValue: true }, sessionId);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}
async function until(condition) {
  // There may be no page yet to ask.
  while (!await evaluate(condition).catch(() => false)) await new Promise((r) => setTimeout(r, 50));
}
const type = (selector, value) => evaluate(`{
  const field = document.querySelector('${selector}');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, '${value}');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}`);

// Bytes: of scripts and document, and of all that the tab's process has to itself.
async function memory() {
  const { usedSize, embedderHeapUsedSize, backingStorageSize } =
    await send('Runtime.getHeapUsage', {}, sessionId);
  const { processInfo } = await send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter((one) => one.type === 'renderer').map(({ id }) => {
    const rows = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+: +(\d+) kB/gm);
    return [...rows].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
  });
  return { heap: usedSize + embedderHeapUsedSize + backingStorageSize, process: Math.max(...sizes) };
}

const SCROLL = `(async () => {
  const box = document.querySelector('[role=rowgroup]');
  const count = () => document.querySelector('[role=table]').getAttribute('aria-rowcount');
  const done = () => /^[\\d,]+ entries$/.test(
    document.querySelector('[aria-live=polite]')?.textContent ?? '');
  const stop = Date.now() + 500;
  while (!done() && Date.now() < stop) {
    const before = count();
    box.scrollTop = box.scrollHeight;
    while (count() === before && !done()) await new Promise((resolve) => setTimeout(resolve, 4));
  }
  return done();
})()`;

try {
  await until(`document.querySelector('#secret') !== null`);
  await type('#id', keyId);
  await type('#secret', secret);
  await evaluate(`document.querySelector('button[type=submit]').click()`);
  await until(`document.querySelector('#content') !== null`);
  const place = `#/objects/${bucket}?prefix=${encodeURIComponent(prefix)}`;
  await evaluate(`location.hash = '${place}'`);
  await until(`document.querySelectorAll('[role=row]').length > 9`);
  const most = { heap: 0, process: 0 };
  for (let done = false; !done;) {
    done = await evaluate(SCROLL);
    const now = await memory();
    for (const name of Object.keys(most)) most[name] = Math.max(most[name], now[name]);
  }
  await send('HeapProfiler.collectGarbage', {}, sessionId);
  const rows = await evaluate(`Number(document.querySelector('[role=table]').ariaRowCount) - 1`);
  console.log(JSON.stringify({ rows, most, left: await memory() }));
} finally {
  browser.kill();
  browser.on('exit', () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
}
