import { expect, it } from 'vitest';
import { rangesOf } from './ossCopy';

it('splits into parts that touch and do not overlap', () => {
  expect(rangesOf(25, 10)).toEqual([[0, 9], [10, 19], [20, 24]]);
  expect(rangesOf(20, 10)).toEqual([[0, 9], [10, 19]]);
  expect(rangesOf(6 * 1024 ** 3)).toHaveLength(6);
});
