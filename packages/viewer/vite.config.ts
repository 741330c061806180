import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { standIn } from './dev/stand-in.ts';
import { precompress } from './precompress.ts';

// `npm run dev -w packages/viewer` serves the source and passes the API on to a running platform.
const platform = process.env.VIEWER_PLATFORM ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: process.env.VIEWER_STAND_IN === '1' ? [react(), standIn()] : [react(), precompress()],
  server: {
    host: '127.0.0.1',
    proxy: process.env.VIEWER_STAND_IN === '1' ? {} : { '/api': platform, '^/sign-in': platform },
  },
  build: {
    target: 'es2023',
    // No data: URLs, so that the Content-Security-Policy may stay at 'self'.
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 400,
  },
});
