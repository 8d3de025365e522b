import { expect, it } from 'vitest';
import { events, lines } from './sse';

function body(...pieces: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) {
        controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
      }
      controller.close();
    },
  });
}

async function all(source: AsyncGenerator<string>) {
  const found: string[] = [];
  for await (const one of source) found.push(one);
  return found;
}

it('reads events wherever the pieces are cut', async () => {
  const pieces = ['data: {"a"', ':1}\n', '\ndata:[DONE]\r', '\n\n: a comment\nevent: x\n'];
  expect(await all(events(body(...pieces)))).toEqual(['{"a":1}', '[DONE]']);
});

it('keeps characters whole that are cut', async () => {
  const bytes = new TextEncoder().encode('data: 湖\n');
  expect(await all(events(body(bytes.slice(0, 7), bytes.slice(7))))).toEqual(['湖']);
});

it('gives the last line without an end', async () => {
  expect(await all(lines(body('one\ntw', 'o')))).toEqual(['one', 'two']);
});

it('says that the connection broke', async () => {
  let pulls = 0;
  const cut = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulls++ === 0) controller.enqueue(new TextEncoder().encode('one\n'));
      else controller.error(new TypeError('network error'));
    },
  });
  await expect(all(lines(cut))).rejects.toMatchObject({ status: 0, code: 'NoAnswer' });
});
