// The Dockerfile and .dockerignore against the code that runs in the image: a file that nobody copied is found here.
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(posix.join(root, path), 'utf8')

describe('the image', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as {
    services: Record<string, { image: string; command: readonly string[] }>
  }
  const lastStage = read('Dockerfile')
    .split(/^FROM /m)
    .at(-1)!
  const copied = [...lastStage.matchAll(/^COPY (?!--from)(\S+) (\S+)$/gm)].map(([, from, to]) => [from!, to!] as const)
  const entries = [
    ...Object.values(compose.services).flatMap(({ image, command }) => (image === 'tributary' ? [command[1]!] : [])),
    ...[...lastStage.matchAll(/"node", "([^"]+)"/g)].map(([, entry]) => entry!),
  ]
  const { files, packages } = whatRuns(entries)

  it('has every file that its processes read, where they look for it', () => {
    for (const [from, to] of copied) expect(to.endsWith('/') ? posix.join(to, posix.basename(from)) : to).toBe(from)
    expect(files.length).toBeGreaterThan(20)
    expect(files).toContain('schema/supergraph.graphql')
    expect(files.filter((path) => !copied.some(([from]) => path === from || path.startsWith(`${from}/`)))).toEqual([])
    expect(files.filter((path) => isIgnored(path))).toEqual([])
  })

  it('has every package that its processes import', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: object }

    expect(packages.length).toBeGreaterThan(10)
    expect(packages.filter((name) => !Object.hasOwn(dependencies, name))).toEqual([])
  })

  it('is made without data, history, settings of this machine, or tests', () => {
    for (const path of ['.git/config', '.env', '.data/postgres/PG_VERSION', 'node_modules/graphql/index.js']) {
      expect([path, isIgnored(path)]).toEqual([path, true])
    }
    for (const path of [
      'gateway/errors.test.ts',
      'local/postgres.e2e.ts',
      'web-vue/dist/index.html',
      'e2e/promises.ts',
    ]) {
      expect([path, isIgnored(path)]).toEqual([path, true])
    }
    for (const path of ['package-lock.json', '.npmrc', 'web-vue/src/main.ts', 'drizzle/demo/people.ts']) {
      expect([path, isIgnored(path)]).toEqual([path, false])
    }
  })
})

/** Files of ours that these import or name by a URL, and what they import of others. */
function whatRuns(entries: readonly string[]): { files: string[]; packages: string[] } {
  const files = new Set(entries)
  const packages = new Set<string>()
  for (const path of files) {
    if (!path.endsWith('.ts')) continue
    const text = read(path)
    const named = [...text.matchAll(/new URL\('(\.[^']*)', import\.meta\.url\)|projectFile\('([^']*)'\)/g)].map(
      ([, relative, ofProject]) => relative ?? `../${ofProject}`,
    )
    for (const specifier of [...ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName), ...named]) {
      if (specifier.startsWith('.')) files.add(posix.join(posix.dirname(path), specifier))
      else if (!specifier.startsWith('node:')) packages.add(/^(@[^/]+\/)?[^/]+/.exec(specifier)![0])
    }
  }
  files.delete('.data') // made by the one-machine start
  return { files: [...files], packages: [...packages] }
}

/** As Docker reads .dockerignore: the last pattern that fits a path, or a folder it is in, decides. */
function isIgnored(path: string): boolean {
  const withFolders = path.split('/').map((_name, index, names) => names.slice(0, index + 1).join('/'))
  const patterns = read('.dockerignore')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
  const decisive = patterns.findLast((pattern) => withFolders.some((each) => regExpOf(pattern).test(each)))
  return decisive !== undefined && !decisive.startsWith('!')
}

function regExpOf(pattern: string): RegExp {
  const parts = pattern.replace(/^!/, '').split(/(\*\*\/|\*)/)
  const wildcards: Readonly<Record<string, string>> = { '**/': '(.*/)?', '*': '[^/]*' }
  return new RegExp(`^${parts.map((part) => wildcards[part] ?? part.replaceAll('.', '\\.')).join('')}$`)
}
