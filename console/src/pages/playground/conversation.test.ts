import { expect, it } from 'vitest';
import type { ChatChunk, ChatRequest } from '../../api/models';
import { type Answer, type Build, Conversation } from './conversation';

const build: Build = (messages) => ({
  model: 'm', messages, stream: true, stream_options: { include_usage: true },
});
const said = (content: string): ChatChunk => ({ choices: [{ delta: { content }, finish_reason: null }] });
const end = (reason: string): ChatChunk => ({ choices: [{ delta: {}, finish_reason: reason }] });
const usage: ChatChunk = {
  choices: [], usage: {
    prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 },
  },
};
const lastOf = (conversation: Conversation) => conversation.get().at(-1) as Answer;

// A conversation whose clock goes on by 100 ms with each look, and what it asked.
function talk(...answers: ChatChunk[][]) {
  const asked: ChatRequest[] = [];
  let time = 0;
  const conversation = new Conversation(async function* (request) {
    asked.push(request);
    yield* answers[asked.length - 1]!;
  }, () => (time += 100));
  return { asked, conversation };
}

it('puts an answer together, with its figures', async () => {
  const { conversation } = talk([said('Hel'), said('lo'), end('stop'), usage]);
  await conversation.say('hi', build);
  expect(lastOf(conversation)).toMatchObject({
    content: 'Hello', state: 'done', finish: 'stop',
    // The first piece came at 200 and the last at 300; four tokens after the first.
    stats: { firstTokenMs: 100, tokensPerSecond: 40, usage: usage.usage! },
  });
  expect(conversation.running).toBe(false);
});

it('puts calls of tools together, and goes on with their results', async () => {
  const call = (index: number, id?: string, name?: string, text?: string): ChatChunk => ({
    choices: [{
      delta: { tool_calls: [{ index, id, function: { name, arguments: text } }] },
      finish_reason: null,
    }],
  });
  const { asked, conversation } =
    talk([call(0, 'c0', 'look', '{"a"'), call(0, undefined, undefined, ':1}'), end('tool_calls')],
      [said('done'), end('stop')]);
  await conversation.say('hi', build);
  expect(conversation.openCalls).toEqual([{ id: 'c0', name: 'look', arguments: '{"a":1}' }]);
  await conversation.giveResults(['42'], build);
  expect(asked[1]!.messages).toEqual([
    { role: 'user', content: 'hi' },
    {
      role: 'assistant', content: null,
      tool_calls: [{ id: 'c0', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
    },
    { role: 'tool', tool_call_id: 'c0', content: '42' },
  ]);
  expect(conversation.openCalls).toEqual([]);
});

it('keeps what was said before a stop, and sends it along', async () => {
  const conversation: Conversation = new Conversation(async function* (_request, signal) {
    yield said('Once');
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  });
  const answered = conversation.say('tell', build);
  while (!conversation.running || lastOf(conversation).content === '') {
    await new Promise((resolve) => conversation.subscribe(() => resolve(undefined)));
  }
  conversation.stop();
  await answered;
  expect(lastOf(conversation)).toMatchObject({ content: 'Once', state: 'stopped' });
  expect(lastOf(conversation).stats.usage).toBeUndefined();
  expect(conversation.messages()).toHaveLength(2);
});

it('says what failed, does not send it along, and can try again', async () => {
  let tries = 0;
  const conversation = new Conversation(async function* () {
    if (tries++ === 0) throw new Error('no');
    yield said('yes');
  });
  await conversation.say('hi', build);
  expect(lastOf(conversation)).toMatchObject({ state: 'failed', error: new Error('no') });
  await conversation.again(build);
  expect(lastOf(conversation)).toMatchObject({ state: 'done', content: 'yes' });
  expect(lastOf(conversation).request.messages).toEqual([{ role: 'user', content: 'hi' }]);
});
