import { expect, it } from 'vitest';
import { decodeText } from './decode';

const of = (...bytes: number[]) => decodeText(Uint8Array.from(bytes));

it('reads UTF-8, also where it is cut off inside of a character', () => {
  expect(of(0xe6, 0xb9, 0x96)).toBe('湖');
  expect(of(0x61, 0xe6, 0xb9)).toBe('a');
  expect(of()).toBe('');
});
it('reads what older programs write', () => {
  expect(of(0xba, 0xfe)).toBe('湖'); // GBK
  expect(of(0xff, 0xfe, 0x56, 0x6e)).toBe('湖');
  expect(of(0xfe, 0xff, 0x6e, 0x56)).toBe('湖');
});
it('knows what is no text', () => {
  expect(of(0x7f, 0x45, 0x4c, 0x46, 0)).toBeUndefined();
});
