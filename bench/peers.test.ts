import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const folder = fileURLToPath(new URL('peers', import.meta.url))
const peers = globSync('*/package.json', { cwd: folder }).map((path) => path.split(/[\\/]/)[0]!)
const read = (peer: string, file: string): any => JSON.parse(readFileSync(`${folder}/${peer}/${file}`, 'utf8'))

it('installs of every peer the version that was chosen, from any registry', () => {
  expect(peers.sort()).toEqual(['hive', 'mercurius', 'postgraphile'])
  for (const peer of peers) {
    const { dependencies } = read(peer, 'package.json')
    const { packages } = read(peer, 'package-lock.json')

    expect(packages[''].dependencies).toEqual(dependencies)
    expect(Object.values<string>(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
    expect(Object.values<any>(packages).filter(({ resolved }) => resolved)).toEqual([])
  }
})

it('runs no install script of a peer', () => {
  for (const peer of peers) {
    const { allowScripts = {} } = read(peer, 'package.json')
    const { packages } = read(peer, 'package-lock.json')
    const scripted = Object.entries<any>(packages).filter(([, { hasInstallScript }]) => hasInstallScript)

    expect(new Set(scripted.map(([path]) => path.split('node_modules/').at(-1)))).toEqual(
      new Set(Object.keys(allowScripts)),
    )
    expect(Object.values(allowScripts).every((isAllowed) => isAllowed === false)).toBe(true)
  }
})
