import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// During development the API comes from a running server: AFTERMILE_URL names it.
const server = process.env.AFTERMILE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: { outDir: 'dist', assetsInlineLimit: 0, target: 'es2022', reportCompressedSize: true },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': server, '/console/session': server },
  },
  test: { environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
});
