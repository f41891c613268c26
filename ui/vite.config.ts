import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

// The window runs in the system's web view: WebKitGTK, WKWebView, WebView2.
export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  // The worker that reads code loads languages when it meets them.
  worker: { format: 'es' },
  build: {
    target: ['es2022', 'safari17.5', 'chrome123'],
    cssTarget: ['safari17.5', 'chrome123'],
    modulePreload: { polyfill: false },
    // Fonts stay files of their own, so that the style sheet parses fast.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'lint/**/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
  },
});
