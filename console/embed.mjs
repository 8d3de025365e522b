// Packs what vite built for the server: embed.mjs DIST FOLDER.
//
// FOLDER/pack.bin: all files one after another, the page as it is, the assets compressed twice.
// FOLDER/table.inc: where each is in it, as initialisers of C++ (src/app/console_assets.cc).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const [dist, folder] = process.argv.slice(2);
const parts = [];
let size = 0;

function add(bytes) {
  const place = `${size}, ${bytes.length}`;
  parts.push(bytes);
  size += bytes.length;
  return place;
}

function brotli(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}

const page = add(readFileSync(join(dist, 'index.html')));
const rows = readdirSync(join(dist, 'assets')).sort().map((name) => {
  const type = TYPES[extname(name)];
  if (!type) throw new Error(`${name}: no content type is known for it`);
  const bytes = readFileSync(join(dist, 'assets', name));
  const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 20);
  const packed = [brotli(bytes), gzipSync(bytes, { level: 9 })].map(add).join(', ');
  return `ASSET("/_lakeside/console/assets/${name}", "${type}", "${etag}", ${packed})`;
});

writeFileSync(join(folder, 'pack.bin'), Buffer.concat(parts));
writeFileSync(join(folder, 'table.inc'), `PAGE(${page})\n${rows.join('\n')}\n`);
