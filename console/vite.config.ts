import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where the server serves the assets from. `npm run dev` passes what is not the console's on to a
// Lakeside at LAKESIDE_URL.
const BASE = '/_lakeside/console/';
const server = process.env.LAKESIDE_URL ?? 'http://localhost:4004';

export default defineConfig(({ command }) => ({
  base: BASE,
  // The server puts each response's own nonce in this one's place (src/app/console_service.cc).
  html: command === 'build' ? { cspNonce: '__NONCE__' } : {},
  plugins: [react()],
  build: {
    outDir: process.env.CONSOLE_OUT ?? '../build/console/dist',
    emptyOutDir: true,
    target: ['chrome111', 'firefox115', 'safari16.4'],
    assetsInlineLimit: 0, // data: URLs would need a wider policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000, // tests/unit/size.test.ts has the limit
    manifest: 'manifest.json', // for the test of the first load's size; it is not embedded
  },
  server: {
    port: 4005,
    proxy: { '^/(?!_lakeside/console/)': { target: server, changeOrigin: false } },
  },
  test: { include: ['src/**/*.test.{ts,tsx}', 'tests/unit/**/*.test.ts'], environment: 'node' },
}));
