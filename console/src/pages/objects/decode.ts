// The text in an object's bytes.

const startsWith = (bytes: Uint8Array, ...start: number[]) => start.every((byte, i) => bytes[i] === byte);

// UTF-8; or UTF-16, which says so; or GB 18030, in which Chinese texts of older programs are.
// Undefined: this is no text. The bytes may end inside of a character.
export function decodeText(bytes: Uint8Array): string | undefined {
  const as = (encoding: string, fatal = false) =>
    new TextDecoder(encoding, { fatal }).decode(bytes, { stream: true });
  if (startsWith(bytes, 0xff, 0xfe)) return as('utf-16le');
  if (startsWith(bytes, 0xfe, 0xff)) return as('utf-16be');
  if (bytes.subarray(0, 4096).includes(0)) return undefined;
  try {
    return as('utf-8', true);
  } catch {
    return as('gb18030');
  }
}
