// Which tests there are. The suffix of a file is its suite, and a suite is a project here:
//   .test.ts      one part, no network, fast                             npm test
//   .e2e.ts       the whole system on a real Postgres                    npm test
//   .deployed.ts  a system that somebody else started, at TRIBUTARY_URL  npm run test:deployed
//   .soak.ts      chaos, long fuzz                                       npm run soak
//   .memtest.ts   whether memory stays flat under load, half an hour     npm run soak
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const ignored = ['**/node_modules/**', '.data/**', 'web-vue/dist/**']

// Vite would take graphql's ESM build and Apollo's packages its CommonJS one: two copies, which refuse each other's
// schemas. Node takes the CommonJS build for both, and so do tests.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

/** Each file starts processes of its own, so one at a time: a slow test is slow by itself. */
const wholeSystem = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, exclude: ignored }

// Projects run in the order of their groups. Numbers start at 1: with one worker, group 0 would run last.
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [vue()],
        resolve,
        test: { name: 'unit', include: ['**/*.test.ts'], exclude: ignored, sequence: { groupOrder: 1 } },
      },
      {
        resolve,
        test: {
          ...wholeSystem,
          name: 'e2e',
          include: ['**/*.e2e.ts'],
          // Two at a time, as they mostly wait: one after the other they would take longer than CI may.
          fileParallelism: true,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      { resolve, test: { ...wholeSystem, name: 'deployed', include: ['e2e/**/*.deployed.ts'] } },
      { resolve, test: { ...wholeSystem, name: 'soak', include: ['**/*.{soak,memtest}.ts'], testTimeout: 600_000 } },
    ],
    coverage: {
      provider: 'v8',
      include: ['gateway/**/*.ts', 'platform/**/*.ts', 'subgraphs/**/*.ts'],
      exclude: ['**/*.{test,e2e,soak,memtest,contract}.ts', '**/testing/**', '**/*.generated.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 80 },
    },
  },
})
