// With the real Vite on a small page.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { buildWebApp } from './web.ts'

const log = makeLog('test', 'silent')
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

it('is built when it was not', async () => {
  const project = projectWith('<p>first</p>')
  expect(await buildWebApp(log, project.folder)).toBe('ready')
  expect(project.built()).toContain('<p>first</p>')
  expect(statSync(join(project.folder, 'web-vue/dist')).mode & 0o777).toBe(0o755)
})

it('is not built again as long as nothing changed, and is when a source did', async () => {
  const project = projectWith('<p>first</p>')
  await buildWebApp(log, project.folder)
  writeFileSync(join(project.folder, 'web-vue/dist/index.html'), 'not touched')
  expect(await buildWebApp(log, project.folder)).toBe('ready')
  expect(project.built()).toBe('not touched')

  project.write('<p>second</p>')
  expect(await buildWebApp(log, project.folder)).toBe('ready')
  expect(project.built()).toContain('<p>second</p>')
})

it('stays as it was when building fails, and nothing unfinished is left', async () => {
  const project = projectWith('<p>first</p>')
  await buildWebApp(log, project.folder)
  project.write('<script type="module" src="./missing.js"></script>')
  expect(await buildWebApp(log, project.folder)).toBe('outdated')
  expect(project.built()).toContain('<p>first</p>')
  expect(readdirSync(join(project.folder, 'node_modules/.cache'))).toEqual([])

  rmSync(join(project.folder, 'web-vue/dist'), { recursive: true })
  expect(await buildWebApp(log, project.folder)).toBe('failed')
})

it('is whole when several build it at the same time', async () => {
  const project = projectWith('<p>first</p>')
  const builders = [1, 2, 3].map(() => buildWebApp(log, project.folder))
  expect(await Promise.all(builders)).toEqual(['ready', 'ready', 'ready'])
  expect(project.built()).toContain('<p>first</p>')
})

function projectWith(page: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-web-'))
  folders.push(folder)
  mkdirSync(join(folder, 'web-vue'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  const write = (html: string) => writeFileSync(join(folder, 'web-vue/index.html'), html)
  write(page)
  return { folder, write, built: () => readFileSync(join(folder, 'web-vue/dist/index.html'), 'utf8') }
}
