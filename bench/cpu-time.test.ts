import { expect, it } from 'vitest'
import { cpuTimeMs, readStat } from './cpu-time.ts'

it('reads what a process and its ended children have used, whatever the program calls itself', () => {
  const text = '42 (a) name (of sorts)) S 7 42 42 0 -1 4194304 1 2 3 4 100 20 30 4 20 0 11 0 12345 1000 200 18446744073'

  expect(readStat(text)).toEqual({ parent: 7, ticks: 154 })
})

it.runIf(process.platform === 'linux')('counts the CPU of a living process, which only grows', () => {
  const beforeMs = cpuTimeMs(process.pid)
  const startedMs = process.cpuUsage()
  while (process.cpuUsage(startedMs).user < 60_000);

  expect(cpuTimeMs(process.pid) - beforeMs).toBeGreaterThanOrEqual(40)
  expect(() => cpuTimeMs(2 ** 22 + 1)).toThrow('no process')
})
