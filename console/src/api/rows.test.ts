import { expect, it } from 'vitest';
import { rowsOf, textOf } from './rows';

const answer = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult><Name>b</Name><Prefix></Prefix><NextContinuationToken>a&amp;b=</NextContinuationToken>
<Contents><Key>a%20b</Key><ETag>&quot;5B3C&quot;</ETag><Size>3</Size>
<Owner><ID>1</ID></Owner></Contents><Contents><Key>&#60;c&#x3E;</Key><Size>0</Size></Contents>
<CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes></ListBucketResult>`;

it('reads the rows of a listing', () => {
  expect(rowsOf(answer, 'Contents')).toEqual([
    { Key: 'a%20b', ETag: '"5B3C"', Size: '3', ID: '1' }, { Key: '<c>', Size: '0' },
  ]);
  expect(rowsOf(answer, 'CommonPrefixes')).toEqual([{ Prefix: 'd/' }]);
  expect(rowsOf(answer, 'Upload')).toEqual([]);
  expect(rowsOf('<Contents><Key>cut', 'Contents')).toEqual([]);
});

it('reads what is there once', () => {
  expect(textOf(answer, 'NextContinuationToken')).toBe('a&b=');
  expect(textOf(answer, 'StartAfter')).toBeUndefined();
});
