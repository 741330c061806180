import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

// `npm run dev -w packages/viewer` serves the source and passes the API on to a running platform.
const platform = process.env.VIEWER_PLATFORM ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), precompress()],
  server: { host: '127.0.0.1', proxy: { '/api': platform, '^/sign-in': platform } },
  build: {
    target: 'es2023',
    // No data: URLs, so that the Content-Security-Policy may stay at 'self'.
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 400,
  },
});
