// Very many tiny objects, as fast as the server takes them: pipelined over a few connections.
import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { KEY, type Server } from './harness';

const CONNECTIONS = 8;
const AT_ONCE = 200; // requests that are sent before their answers are read

// OSS V1 in the query: one digest for each.
function presigned(path: string, expires: number): string {
  const text = `PUT\n\n\n${expires}\n${path}`;
  const sum = createHmac('sha1', KEY.accessKeySecret).update(text).digest('base64');
  return `${path}?OSSAccessKeyId=${KEY.accessKeyId}&Expires=${expires}&Signature=${encodeURIComponent(sum)}`;
}

// Resolves when `count` answers have come, all of them 200.
function answers(socket: Socket, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (error?: Error) => {
      socket.removeAllListeners();
      if (error) reject(error);
      else resolve();
    };
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        if (!text.startsWith('HTTP/1.1 200 ')) return settle(new Error(text.slice(0, 300)));
        text = text.slice(end + 4); // an answer to a PUT has no body
        if (--count === 0) return settle();
      }
    });
    socket.on('error', settle);
    socket.on('close', () => settle(new Error('the server closed the connection')));
  });
}

async function fillRange(
  address: URL, bucket: string, keyOf: (i: number) => string, from: number, to: number,
) {
  const socket = connect(Number(address.port), address.hostname);
  const expires = Math.floor(Date.now() / 1000) + 3600;
  for (let start = from; start < to; start += AT_ONCE) {
    const end = Math.min(start + AT_ONCE, to);
    let batch = '';
    for (let i = start; i < end; ++i) {
      const target = presigned(`/${bucket}/${keyOf(i)}`, expires);
      batch += `PUT ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx`;
    }
    const answered = answers(socket, end - start);
    socket.write(batch);
    await answered;
  }
  socket.destroy();
}

// `keyOf` names what needs no escapes.
export async function fill(server: Server, bucket: string, count: number, keyOf: (i: number) => string) {
  const step = Math.ceil(count / CONNECTIONS);
  const address = new URL(server.direct);
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) =>
    fillRange(address, bucket, keyOf, i * step, Math.min((i + 1) * step, count))));
}
