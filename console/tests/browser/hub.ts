// A stand-in for a hub of models in Hugging Face's form, with one small file in owner/repo.
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const SIZE = 2_000_000;

// As small as a model can be, with what no tensor covers behind it.
function gguf(): Buffer {
  const number = (value: number, bytes: 4 | 8) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUInt32LE(value);
    return buffer;
  };
  const text = (value: string) => Buffer.concat([number(value.length, 8), Buffer.from(value)]);
  const head = Buffer.concat([
    Buffer.from('GGUF'), number(3, 4), number(0, 8), number(1, 8),
    text('general.architecture'), number(8, 4), text('llama'),
  ]);
  return Buffer.concat([head], SIZE);
}

export interface Hub {
  url: string;
  // From now on every file stops half-way, until it is let go.
  hold(): void;
  letGo(): void;
  close(): void;
}

export async function startHub(): Promise<Hub> {
  const file = gguf();
  const sha256 = createHash('sha256').update(file).digest('hex');
  let held = false;
  const waiting = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/api/models/owner/repo?')) {
      const lfs = { sha256, size: SIZE, pointerSize: 135 };
      const siblings = [{ rfilename: 'Tiny-Q4_K_M.gguf', size: SIZE, lfs }];
      return void response.end(JSON.stringify({ id: 'owner/repo', sha: '0'.repeat(40), siblings }));
    }
    if (request.url !== '/owner/repo/resolve/main/Tiny-Q4_K_M.gguf') {
      return void response.writeHead(404).end();
    }
    response.writeHead(200, { 'content-length': SIZE });
    if (!held) return void response.end(file);
    response.write(file.subarray(0, SIZE / 2));
    waiting.add(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => { held = true; },
    letGo: () => {
      held = false;
      for (const response of waiting) response.destroy();
      waiting.clear();
    },
    close: () => {
      for (const response of waiting) response.destroy();
      server.close();
    },
  };
}
