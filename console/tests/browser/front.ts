// For work on pages without building the server again: with CONSOLE_DIST (tools/build-console --dist) a
// page built just now stands before a server built earlier, under that server's own policy.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
const BASE = '/_lakeside/console/';

function pass(target: URL, from: IncomingMessage, to: ServerResponse, dist: string) {
  const { method, url: path, headers } = from;
  const onward = request({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
    const policy = answer.headers['content-security-policy'];
    const nonce = /'nonce-(\w+)'/.exec(String(policy))?.[1];
    if (!nonce) {
      to.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(to);
      return;
    }
    answer.resume();
    const page = readFileSync(join(dist, 'index.html'), 'utf8').replaceAll('__NONCE__', nonce)
      .replaceAll('__REGION__', 'cn-hangzhou').replaceAll('__VERSION__', 'test');
    const kept = Object.entries(answer.headers).filter(([name]) => name !== 'content-length');
    to.writeHead(200, { ...Object.fromEntries(kept), 'content-length': Buffer.byteLength(page) });
    to.end(page);
  });
  onward.on('error', () => to.destroy());
  from.pipe(onward);
}

export async function startFront(url: string, dist: string) {
  const target = new URL(url);
  const front = createServer((from, to) => {
    if (!from.url!.startsWith(BASE)) return pass(target, from, to, dist);
    try {
      const file = from.url!.slice(BASE.length);
      const bytes = readFileSync(join(dist, file.replaceAll('..', '')));
      to.writeHead(200, { 'content-type': TYPES[file.split('.').at(-1)!] ?? 'application/octet-stream' });
      to.end(bytes);
    } catch {
      to.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port } = front.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      front.closeAllConnections();
      front.close();
    },
  };
}
