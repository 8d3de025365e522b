// Server-sent events, read from an answer's body as they come.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
import { ApiError } from './errors';

function broken(): never {
  throw new ApiError(0, 'NoAnswer', 'The connection broke before the end of the answer.');
}

// The data of each event. Ends with the body, or when the reader stops.
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  for await (const line of lines(body)) {
    // One line for each event is what OpenAI's API writes; comments and other fields mean nothing.
    if (line.startsWith('data:')) yield line.slice(line[5] === ' ' ? 6 : 5);
  }
}

// The lines of a body, without their ends. Throws where the connection breaks.
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(broken);
      rest += decoder.decode(value, { stream: !done });
      const whole = rest.split(/\r?\n/);
      rest = whole.pop()!;
      yield* whole;
      if (done) break;
    }
    if (rest) yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}
