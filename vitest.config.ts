// Which tests there are. The suffix of a file is its suite, and a suite is a project here:
//   .test.ts      one part, no network, fast                             npm test
//   .e2e.ts       the whole system on a real Postgres                    npm test
//   .deployed.ts  a system that somebody else started, at TRIBUTARY_URL  npm run test:deployed
//   .soak.ts      chaos, long fuzz                                       npm run soak
//   .memtest.ts   whether memory stays flat under load, half an hour     npm run soak
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

const ignored = ['**/node_modules/**', '.data/**', 'web-vue/dist/**']

// Vite would take graphql's ESM build and Apollo's packages its CommonJS one: two copies, which refuse each other's
// schemas. Node takes the CommonJS build for both, and so do tests.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

/** Each file starts processes of its own, so one at a time: a slow test is slow by itself. */
const wholeSystem = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, exclude: ignored }

/** One after the other they would take longer than CI may: loading what they test takes most of the time, or waiting. */
const together = { fileParallelism: true, isolate: false }
/** A test that is slow on a busy machine is no failure. */
const testTimeout = 20_000

/** Of a minute and more: begun first, so that none of them runs on alone when all others are done. */
const longest = ['e2e/add-a-subgraph', 'local/start', 'local/demo', 'e2e/separate-processes', 'e2e/chaos']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.includes(`/${name}.e2e.`))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

// Projects run in the order of their groups. Numbers start at 1: with one worker, group 0 would run last.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve,
        test: {
          ...together,
          maxWorkers: 2,
          testTimeout,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ignored, 'web-vue/**'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [vue()],
        resolve,
        // Each file is a page load of its own: the app keeps the session in its modules.
        test: {
          ...together,
          isolate: true,
          maxWorkers: 2,
          testTimeout,
          name: 'web',
          include: ['web-vue/**/*.test.ts'],
          exclude: ignored,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        test: {
          ...wholeSystem,
          ...together,
          maxWorkers: 3, // more wait than work
          name: 'e2e',
          include: ['**/*.e2e.ts'],
          setupFiles: 'local/quick-loading.ts',
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
