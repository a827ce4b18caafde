// What package.json and its lock must hold for `npm ci && npm start` to work on every platform, and to go on working.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const { dependencies, devDependencies, optionalDependencies, allowScripts } = read('package.json') as Readonly<
  Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Readonly<Record<string, string>>>
> & { readonly allowScripts: Readonly<Record<string, boolean>> }
const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, LockedPackage>> }
const nameOf = (path: string) => path.split('node_modules/').at(-1)!

it('states every version exactly', () => {
  const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })

  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
})

it('brings a Node with `import.meta.main` to every platform: without it, entry files do nothing and say nothing', () => {
  const nodes = Object.entries(optionalDependencies).filter(([name]) => name.startsWith('node-'))

  expect(nodes.map(([name]) => /(darwin|linux|win)-(arm64|x64)$/.exec(name)![0]).sort()).toEqual(
    ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win-x64'].sort(),
  )
  for (const [name, version] of nodes) {
    const [major, minor] = version.split('.').map(Number)
    expect([name, major! > 24 || (major === 24 && minor! >= 2)]).toEqual([name, true])
  }
})

it("takes all packages of Apollo's federation in the version of the gateway", () => {
  for (const name of ['composition', 'federation-internals', 'query-planner']) {
    expect([name, dependencies[`@apollo/${name}`]]).toEqual([name, dependencies['@apollo/gateway']])
  }
})

it('locks the packages of every platform, without which `npm ci` refuses the lock', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
  )

  expect(missing).toEqual([])
})

it('keeps no address of a registry in the lock', () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved)).toEqual([])
})

it('refuses every install script by name', () => {
  const scripted = Object.entries(packages).flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [path] : []))

  expect(new Set(Object.values(allowScripts))).toEqual(new Set([false]))
  expect([...new Set(scripted.map(nameOf))].sort()).toEqual(Object.keys(allowScripts).sort())
})

/** Whether a package finds another one: in its own node_modules, or in one of those above. */
function isLocked(path: string, name: string): boolean {
  if (packages[`${path && `${path}/`}node_modules/${name}`]) return true
  return path !== '' && isLocked(path.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ''), name)
}
