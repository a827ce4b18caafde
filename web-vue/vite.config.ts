// Builds the web app, and serves it while it is worked on, with the gateway's paths passed on.
import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { initialSize } from './initial-size.ts'

const gateway = `http://localhost:${process.env.GATEWAY_PORT || 4000}`

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue(), tailwindcss(), initialSize(100)],
  define: {
    // No component uses Vue's options, so the code that reads them is left out.
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The security policy allows images from here, and none written into the page.
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/graphql': { target: gateway, ws: true },
      '/playground': gateway,
      '/health': gateway,
      '/dev/': gateway,
    },
  },
})
