// The gateways that are measured: how each is started on the same two subgraphs, as production would.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SubgraphUrls } from './recorded-subgraphs.ts'
import type { Command } from './server-process.ts'

export interface Gateway {
  readonly name: string
  /** For people. */
  readonly title: string
  /** Folder of the package it is, below the project's. Null for what is ours. */
  readonly installedAt: string | null
  readonly path: string
  command(setting: Setting): Command
}

/** What all of them are given. */
export interface Setting {
  readonly port: number
  readonly supergraphFile: string
  readonly subgraphUrls: SubgraphUrls
  /** Empty, so that a program that looks for settings finds none. */
  readonly emptyFolder: string
}

export const projectFile = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

export const gateways: readonly Gateway[] = [
  {
    name: 'ours',
    title: 'Tributary',
    installedAt: null,
    path: '/graphql',
    command: ({ port, supergraphFile }) => ({
      args: [projectFile('gateway/index.ts')],
      // It logs each operation, and signs who is asking for each subgraph.
      env: {
        PORT: String(port),
        SUPERGRAPH: supergraphFile,
        GATEWAY_SECRET: randomBytes(32).toString('base64url'),
      },
      cwd: projectFile(''),
    }),
  },
  {
    name: 'bare',
    title: 'its executor behind node:http',
    installedAt: null,
    path: '/graphql',
    command: ({ port, supergraphFile }) => ({
      args: [projectFile('bench/contenders/bare.ts')],
      env: { PORT: String(port), SUPERGRAPH: supergraphFile },
      cwd: projectFile(''),
    }),
  },
  {
    name: 'apollo',
    title: 'Apollo Gateway',
    installedAt: 'node_modules/@apollo/gateway',
    path: '/',
    command: ({ port, supergraphFile }) => ({
      args: [projectFile('bench/contenders/apollo.ts')],
      // Nothing that is measured reports to anybody.
      env: { PORT: String(port), SUPERGRAPH: supergraphFile, APOLLO_TELEMETRY_DISABLED: 'true' },
      cwd: projectFile(''),
    }),
  },
  { name: 'hive-js', title: 'Hive Gateway, JS planner', ...hive() },
  { name: 'hive-rust', title: 'Hive Gateway, Rust planner', ...hive('--hive-router-runtime') },
  {
    name: 'mercurius',
    title: 'Mercurius gateway, JIT',
    installedAt: 'bench/peers/mercurius/node_modules/@mercuriusjs/gateway',
    path: '/graphql',
    command: ({ port, subgraphUrls }) => ({
      args: [projectFile('bench/peers/mercurius/server.mjs')],
      env: { PORT: String(port), USERS_URL: subgraphUrls.users, ITEMS_URL: subgraphUrls.items },
      cwd: projectFile(''),
    }),
  },
]

function hive(...options: readonly string[]): Pick<Gateway, 'installedAt' | 'path' | 'command'> {
  const installedAt = 'bench/peers/hive/node_modules/@graphql-hive/gateway'
  return {
    installedAt,
    path: '/graphql',
    command: ({ port, supergraphFile, emptyFolder }) => ({
      args: [
        projectFile(`${installedAt}/dist/bin.js`),
        'supergraph',
        supergraphFile,
        ...['--host', '127.0.0.1', '--port', String(port)],
        ...options,
      ],
      env: {},
      cwd: emptyFolder,
    }),
  }
}

/** @returns of the installed package, null for what is ours or not installed */
export function versionOf(installedAt: string | null): string | null {
  if (installedAt === null) return null
  try {
    return (JSON.parse(readFileSync(projectFile(`${installedAt}/package.json`), 'utf8')) as { version: string }).version
  } catch {
    return null
  }
}
