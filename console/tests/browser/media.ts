// Real files of the kinds that browsers show, each as small as it gets.
import { deflateSync } from 'node:zlib';

export type Bytes = Uint8Array<ArrayBuffer>;

// What Chromium's MediaRecorder made of three frames of a canvas, and of a quarter second of a tone.
export const mp4: Bytes = Buffer.from(
  'AAAAJGZ0eXBpc29tAAACAGlzb21pc282aXNvMmF2YzFtcDQxAAACym1vb3YAAAB4bXZoZAEAAAAAAAAA5yiOhgAAAADnKI6GAAAD' +
  '6AAAAAAAAAESAAEAAAEAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAA' +
  'AAAAAAAAAAAAAAAAAAIAAAIidHJhawAAAGh0a2hkAQAAAwAAAADnKI6GAAAAAOcojoYAAAABAAAAAAAAAAAAAAESAAAAAAAAAAAA' +
  'AAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAQAAAAAAQAAAAEAAAAAABsm1kaWEAAAAsbWRoZAEAAAAAAAAA' +
  '5yiOhgAAAADnKI6GAAB1MAAAAAAAAAESVcQAAAAAAC1oZGxyAAAAAAAAAAB2aWRlAAAAAAAAAAAAAAAAVmlkZW9IYW5kbGVyAAAA' +
  'AVFtaW5mAAAAFHZtaGQAAAABAAAAAAAAAAAAAAAlZGluZgAAAB1kcmVmAAAAAAAAAAEAAAANdXJsIAAAAAEAAAABEHN0YmwAAAAQ' +
  'c3RzYwAAAAAAAAAAAAAAEHN0dHMAAAAAAAAAAAAAABRzdHN6AAAAAAAAAAAAAAAAAAAAEHN0Y28AAAAAAAAAAAAAAMRzdHNkAAAA' +
  'AAAAAAEAAAC0YXZjMQAAAAAAAAABAAAAAQAAAAAAAAAAAAAAAAAQABAASAAAAEgAAAAAAAAAAQtBVkMxIENvZGluZwAAAAAAAAAA' +
  'AAAAAAAAAAAAAAAAABj//wAAABBwYXNwAAAAAQAAAAEAAAAUYnRydAAAAAAAAAAAAAAAAAAAACdhdmNDAULACv/hABBnQsAKjI1O' +
  'TcBDQEHhEI1AAQAEaM48gAAAABNjb2xybmNseAABAA0AAYAAAAAobXZleAAAACB0cmV4AAAAAAAAAAEAAAABAAAAAAAAAAAAAAAA' +
  'AAAAeG1vb2YAAAAQbWZoZAAAAAAAAAABAAAAYHRyYWYAAAAUdGZoZAACACAAAAABAQEAAAAAABR0ZmR0AQAAAAAAAAAAAAAAAAAA' +
  'MHRydW4BAAMFAAAAAwAAAIACAAAAAAAOJQAAABsAAA4ZAAAALQAAA+cAAAA4AAAAiG1kYXQAAAAXZbgABAAABD///giigAEfHAAI' +
  'xwABAswAAAApYeAAQAC+QEP4UihihihihihihihihihihihihihihihihjgDHAAEFHAAAAA0YeAAgAE+QFv4UigDFAGKAMUAYoAx' +
  'QBigDFAGKAMUAYoAxQBigDFAGKAMUAY4AAgaRwACmAAAAExtZnJhAAAANHRmcmEBAAAAAAAAAQAAAD8AAAABAAAAAAAAAAAAAAAA' +
  'AAAC7gAAAAEAAAABAAAAAQAAABBtZnJvAAAAAAAAAEw=', 'base64');
export const opus: Bytes = Buffer.from(
  'GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQRChYECGFOAZwEAAAAAAAImEU2bdLlNu4tTq4QVSalmU6yBbk27i1OrhBZU' +
  'rmtTrIGTTbuLU6uEH0O2dVOsgddNu4xTq4QcU7trU6yCAhTsrgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' +
  'AAAAAAAAAAAVSalmoCrXsYMPQkBEiYRDbxmaTYCGQ2hyb21lV0GGQ2hyb21lFlSua7+uvdeBAXPFh8iG1SO+15qDgQKGhkFfT1BV' +
  'U2Oik09wdXNIZWFkAQIAAIC7AAAAAADhjbWERzuAAJ+BAmJkgSAfQ7Z1AQAAAAAAATHngQCjxoEAAIAY4XYBkEyXfnRMlK6ONpXP' +
  'N7J9RYaWpslL7ojbfXxlzro7vRgAnKO9AmbtrqetHUht40SdrojPpPV+WjRV6dVaVoCjt4EAO4AY7Ul2YdFyTGJ+XcMs5EKZh+vv' +
  'Gl1YQlux2wvzkZm8BRI9Gm72FQADgUU81ktKKcH1ugejt4EAeYAY7X3NuJ6RrG8W7ORQLVS5kuD+mPK1dNiTquCodbdJyom0k1Cc' +
  'o3lwbzZoY2uwYHHgCtyjt4EAtIAY7YFQRTTy+i2P4BKUfe2Mz5FDny8X1d08hr1hlIVn/WY1Yx7btO2tScr9vQfGIEbpUICjuYEA' +
  '74AY7YFQRTTy+m01nQE6WG63usx8rJSVfcbYK69YmeL8mCGg9ju0kslO2DXaZQZAaJmuE+H2gBxTu2uNu4uzgQC3hveBAfGB1w==', 'base64');

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; ++i) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function pngChunk(type: string, data: Buffer): Bytes {
  const body = Buffer.concat([Buffer.from(type), data]);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(data.length, 0);
  sizes.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([sizes.subarray(0, 4), body, sizes.subarray(4)]);
}

// A picture from light to dark blue.
export function png(width: number, height: number): Bytes {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // eight bits each of red, green and blue
  const row = (y: number) => [0, ...Array.from({ length: width }, (_, x) => [x, y, 200]).flat()];
  const rows = Buffer.from(Array.from({ length: height }, (_, y) => row(y)).flat());
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

// A tone of `seconds`, 8,000 samples a second of 8 bits.
export function wav(seconds: number): Bytes {
  const samples = Buffer.from(
    Array.from({ length: 8000 * seconds }, (_, i) => 128 + Math.round(60 * Math.sin(i / 4))));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

// One page with one line.
export function pdf(line: string): Bytes {
  const content = `BT /F1 24 Tf 40 100 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R ' +
      '/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, i) => {
    const place = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const rows = `0000000000 65535 f \n${places.join('')}`;
  text += `xref\n0 5\n${rows}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
