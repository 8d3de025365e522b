// A Lakeside of its own for each test file, and one browser for all of its tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { makeCredential } from '../../src/api/credential';
import { signAcs3 } from '../../src/api/acs3';
import { type OssRequest, signOss } from '../../src/api/oss4';
import { startFront } from './front';

const ROOT = join(__dirname, '../../..');
const ARTIFACTS = join(ROOT, 'build/console-tests');
export const KEY = {
  accessKeyId: 'LTAI5tConsoleTests', accessKeySecret: 'c0nsole/Tests+Secret=OfRoot',
};

export interface Server {
  url: string;
  direct: string; // without what may stand before it
  host: string;
  pid: number;
  stop(): Promise<void>;
}

// Ready when the server says so on the descriptor that it was given.
// With `--data FOLDER` what it keeps outlives it.
export async function startServer(...more: string[]): Promise<Server> {
  const binary = process.env.LAKESIDE_BIN ?? join(ROOT, 'build/release/lakeside');
  const lasting = more.includes('--data') ? [] : ['--ephemeral'];
  const settings = [...lasting, '--listen', '127.0.0.1:0', '--ready-fd', '3'];
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('LAKESIDE_'));
  const child: ChildProcess = spawn(binary, ['serve', ...settings, ...more], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(kept),
      LAKESIDE_ACCESS_KEY_ID: KEY.accessKeyId,
      LAKESIDE_ACCESS_KEY_SECRET: KEY.accessKeySecret,
    },
  });
  let log = '';
  child.stderr!.on('data', (text: Buffer) => {
    log = (log + text.toString()).slice(-20_000);
  });
  const own = await new Promise<string>((resolve, reject) => {
    child.stdio[3]!.once('data', (said: Buffer) => resolve(said.toString().trim()));
    child.once('exit', () => reject(new Error(`the server ended:\n${log}`)));
    child.once('error', reject);
  });
  const front = process.env.CONSOLE_DIST ? await startFront(own, process.env.CONSOLE_DIST) : undefined;
  const url = front?.url ?? own;
  return {
    url,
    direct: own,
    host: new URL(url).host,
    pid: child.pid!,
    stop: () => new Promise((resolve) => {
      front?.close();
      if (child.exitCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    }),
  };
}

// What a test prepares or looks up, as any client would: signed with the root key.
export class Client {
  constructor(private readonly server: Server, private readonly key = KEY) {}

  async oss(request: OssRequest, body?: BodyInit): Promise<Response> {
    const credential = await makeCredential(this.key);
    const { path, headers } = await signOss(credential, 'cn-hangzhou', new Date(), request);
    return fetch(this.server.url + path, { method: request.method, headers, body });
  }

  async putBucket(bucket: string) {
    expect((await this.oss({ method: 'PUT', bucket })).status).toBe(200);
  }

  async put(bucket: string, key: string, body: BodyInit, type = 'text/plain') {
    const request = { method: 'PUT', bucket, key, headers: { 'content-type': type } };
    expect((await this.oss(request, body)).status).toBe(200);
  }

  async rpc(version: string, action: string, parameters: Record<string, string> = {}) {
    const credential = await makeCredential(this.key);
    const { path, headers } = await signAcs3(credential, new Date(), {
      host: this.server.host, action, version, parameters,
    });
    const response = await fetch(this.server.url + path, { method: 'POST', headers });
    const answer = (await response.json()) as Record<string, any>;
    if (!response.ok) throw new Error(`${action}: ${answer.Code} ${answer.Message}`);
    return answer;
  }
}

export async function startBrowser(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...args],
  });
}

export interface Tab {
  page: Page;
  // What the page complained of: policy violations, errors, failed scripts.
  complaints: string[];
  close(): Promise<void>;
}

export async function openTab(
  browser: Browser, url: string, options: BrowserContextOptions & { language?: 'en' | 'zh' } = {},
): Promise<Tab> {
  const { language = 'en', ...rest } = options;
  const context = await browser.newContext({
    viewport: { width: 1360, height: 860 },
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    reducedMotion: 'reduce',
    ...rest,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // The browser itself reports each failed request, and that it wants https for one header; tests
    // look at what the page makes of it.
    const own = /^Failed to load resource|^The Cross-Origin-Opener-Policy header has been ignored/;
    if (message.type() === 'error' && !own.test(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

export async function signIn(page: Page, key = KEY) {
  await page.getByLabel('AccessKey ID').fill(key.accessKeyId);
  await page.getByLabel('AccessKey Secret').fill(key.accessKeySecret);
  await page.locator('button[type=submit]').click();
  await page.locator('#content').waitFor();
}

export async function screenshot(page: Page, name: string) {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Faults of the impact "serious" or "critical", in words.
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the page's policy would not run it.
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const result = await (globalThis as any).axe.run(document, { resultTypes: ['violations'] });
    return result.violations as {
      id: string; impact: string; nodes: { html: string; failureSummary: string }[];
    }[];
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.html.slice(0, 200)} ${n.failureSummary}`));
}

// The page as a designer looks at it, light and dark, and what a screen reader would stumble over.
export async function inspect(tab: Tab, name: string) {
  for (const scheme of ['light', 'dark'] as const) {
    await tab.page.emulateMedia({ colorScheme: scheme });
    await screenshot(tab.page, `${name}-${scheme}`);
    expect(await accessibilityFaults(tab.page), `${name}, ${scheme}`).toEqual([]);
  }
  await tab.page.emulateMedia({ colorScheme: 'light' });
}

// A connection to the server that can be cut, and lead to another one.
export async function startProxy(first: Server) {
  const sockets = new Set<Socket>();
  let down = false;
  let server = first;
  const proxy = createServer((client) => {
    if (down) return void client.destroy();
    const target = new URL(server.url);
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const cut = () => {
    down = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    mend: (other = server) => {
      server = other;
      down = false;
    },
    stop: () => {
      cut();
      return new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}
