// What a browser loads before the first page can be used stays small.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';

const FIRST_LOAD_KIB = 450;
const dist = process.env.CONSOLE_DIST ?? join(__dirname, '../../../build/console/dist');

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}
let chunks: Record<string, Chunk>;
beforeAll(() => {
  chunks = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
});

// A chunk's files, and those it cannot start without.
function filesOf(name: string, files = new Set<string>()): Set<string> {
  const chunk = chunks[name]!;
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const other of chunk.imports ?? []) filesOf(other, files);
  return files;
}

function kib(files: Iterable<string>): number {
  let total = 0;
  for (const file of files) total += gzipSync(readFileSync(join(dist, file))).length;
  return total / 1024;
}

it('loads less than 450 KiB at first, without brotli even', () => {
  const files = filesOf('index.html');
  // The page that opens first comes with it.
  filesOf('src/pages/overview/Overview.tsx', files);
  const size = kib(files);
  console.log(`first load: ${size.toFixed(0)} KiB`);
  expect(size).toBeLessThan(FIRST_LOAD_KIB);
}, 60_000);

it('has nothing that is loaded from elsewhere, and no script in the page', () => {
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
  expect(page.match(/<script[^>]*>/g)).toHaveLength(1);
  expect(page).toMatch(/<script type="module"[^>]* nonce="__NONCE__"[^>]*><\/script>/);
  expect(readdirSync(join(dist, 'assets')).every((name) => /-[\w-]{8}\.\w+$/.test(name))).toBe(true);
});
