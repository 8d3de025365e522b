import { expect, it } from 'vitest';
import { mayChat } from './models';

it('takes a model of which nothing is known for one that may chat', () => {
  expect(mayChat({})).toBe(true);
  expect(mayChat({ capabilities: [] })).toBe(true);
  expect(mayChat({ capabilities: ['completion', 'chat'] })).toBe(true);
  expect(mayChat({ capabilities: ['embedding'] })).toBe(false);
});
