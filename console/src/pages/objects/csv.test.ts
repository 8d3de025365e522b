import { expect, it } from 'vitest';
import { parseCsv } from './csv';

it('reads quotes, line ends and empty fields', () => {
  expect(parseCsv('a,"b ""x"", y"\r\n,"two\nlines"\n', ',', 10))
    .toEqual([['a', 'b "x", y'], ['', 'two\nlines']]);
  expect(parseCsv('a\tb\nc', '\t', 10)).toEqual([['a', 'b'], ['c']]);
  expect(parseCsv('1\n2\n3\n', ',', 2)).toEqual([['1'], ['2']]);
  expect(parseCsv('', ',', 2)).toEqual([]);
});
