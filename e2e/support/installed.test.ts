import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeWith, findProgram } from './installed.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-installed-'))
  await writeFile(join(folder, 'runs'), '')
  await chmod(join(folder, 'runs'), 0o755)
  await writeFile(join(folder, 'plain'), '')
  vi.stubEnv('PATH', `${tmpdir()}:${folder}`)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

it('finds a program anywhere on PATH, by the first name that is there', () => {
  expect(findProgram('absent', 'runs')).toBe(join(folder, 'runs'))
})

it('finds nothing where no such program is, or a file that cannot be run', () => {
  expect(findProgram('absent')).toBeNull()
  expect(findProgram('plain')).toBeNull()
})

it('runs the tests of a program that is there', () => {
  const suite = Object.assign(vi.fn(), { skip: vi.fn() })
  const tests = () => {}

  describeWith('/usr/bin/redis-server', 'redis-server', suite)('an outage', tests)

  expect(suite).toHaveBeenCalledExactlyOnceWith('an outage', tests)
  expect(suite.skip).not.toHaveBeenCalled()
})

it('skips the tests of a program that is missing, and names the package that has it', () => {
  const suite = Object.assign(vi.fn(), { skip: vi.fn() })
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const tests = () => {}

  describeWith(null, 'redis-server', suite)('an outage', tests)

  expect(suite).not.toHaveBeenCalled()
  expect(suite.skip).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('redis-server'), tests)
  expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('redis-server'))
})
