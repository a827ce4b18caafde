// The same promises, kept by processes of their own as in a deployment; and what only they can break.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { buildWebApp } from '../local/web.ts'
import { makeLog } from '../platform/log.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import { tributaryPromises } from './promises.ts'
import { apiOf } from './support/api.ts'
import { prepareDeployment, startProcess } from './support/processes.ts'
import type { RunningProcess } from './support/processes.ts'
import { describeWithRedis, startRedis } from './support/redis.ts'
import type { RedisServer } from './support/redis.ts'

describeWithRedis('Tributary as separate processes with Redis', () => {
  tributaryPromises(async () => {
    const redis = await startRedis()
    const deployment = await prepareDeployment(redis.url)
    await buildWebApp(makeLog('test', 'silent'))
    const subgraphs = subgraphNames.map((name) => deployment.startSubgraph(name))
    const processes = await Promise.all([...subgraphs, deployment.startGateway()])
    return {
      url: deployment.url,
      close: async () => {
        await Promise.all(processes.map((each) => each.end()))
        await deployment.close()
        await redis.stop()
      },
    }
  })
})

describeWithRedis('a deployment in trouble', () => {
  let redis: RedisServer
  let deployment: Awaited<ReturnType<typeof prepareDeployment>>
  const running: RunningProcess[] = []
  const keep = <T extends RunningProcess>(each: T): T => (running.push(each), each)

  beforeAll(async () => {
    redis = await startRedis()
    deployment = await prepareDeployment(redis.url)
  })
  afterAll(async () => {
    await Promise.all(running.map((each) => each.end('SIGKILL')))
    await deployment.close()
    await redis.stop()
  })

  it('starts and answers in part while a subgraph is down, and in whole once it is up', async () => {
    const users = keep(await deployment.startSubgraph('users'))
    const gateway = keep(await deployment.startGateway())
    const api = apiOf(deployment.url)

    await vi.waitFor(() =>
      expect(gateway.output()).toContain('"subgraph":"items","msg":"subgraph does not answer yet"'),
    )
    const alone = await api.ask('{ item(id: "x") { id } user(id: "x") { username } }')
    expect(alone.data).toEqual({ item: null, user: null })
    expect(alone.codes!.toSorted()).toEqual(['NOT_FOUND', 'SUBGRAPH_UNAVAILABLE'])
    expect((await fetch(`${deployment.url}/health/all`)).status).toBe(503)

    const items = keep(await deployment.startSubgraph('items'))
    const ada = await api.person('ada')
    const id = await api.createItem(ada, { name: 'Lamp', visibility: 'PUBLIC' })
    const whole = await api.ask('{ items { nodes { id owner { username } } } }')
    expect(whole.data.items.nodes).toEqual([{ id, owner: { username: ada.username } }])
    expect(await Promise.all([gateway, items, users].map((each) => each.end()))).toEqual([0, 0, 0])
  })

  it('serves nobody by a token before a gateway knows which are revoked: it waits for the accounts, and comes up with them', async () => {
    const items = keep(await deployment.startSubgraph('items'))
    const gateway = keep(startProcess('gateway/index.ts', deployment.env.gateway))
    await vi.waitFor(() => expect(gateway.output()).toContain('"msg":"gateway started"'), { timeout: 20_000 })
    const isReady = async () => (await fetch(`${deployment.url}/readyz`)).status
    expect(await isReady()).toBe(503)
    const api = apiOf(deployment.url)
    expect((await api.ask('{ items { nodes { id } } }')).codes).toEqual([])

    const users = keep(await deployment.startSubgraph('users'))

    await vi.waitFor(async () => expect(await isReady()).toBe(200), { timeout: 10_000 })
    const ada = await api.person('ada')
    expect(await api.createItem(ada, { name: 'Lamp', visibility: 'PRIVATE' })).toEqual(expect.any(String))
    expect(await Promise.all([gateway, items, users].map((each) => each.end()))).toEqual([0, 0, 0])
  })

  it.each([
    [
      'gateway/index.ts',
      { PORT: 'many', GATEWAY_SECRET: 'short', JWKS_URL: 'ftp://x' },
      ['PORT', 'GATEWAY_SECRET', 'JWKS_URL'],
    ],
    ['gateway/index.ts', { PORT: '0' }, ['REDIS_URL']],
    ['subgraphs/users/index.ts', { PORT: '99999' }, ['PORT', 'GATEWAY_SECRET', 'USERS_DATABASE_URL']],
    ['subgraphs/items/index.ts', {}, ['GATEWAY_SECRET', 'ITEMS_DATABASE_URL', 'REDIS_URL']],
  ])('%s with settings %j names every problem at once and ends', async (entry, env, variables) => {
    const started = startProcess(entry, env)

    expect(await started.ended).toBe(1)
    for (const variable of variables) expect(started.output()).toContain(`- ${variable} `)
    expect(started.output()).not.toContain('    at ')
  })

  it('says which port is taken', async () => {
    const users = keep(await deployment.startSubgraph('users'))
    const second = startProcess('subgraphs/users/index.ts', deployment.env.users)

    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(`Port ${deployment.env.users.PORT} is taken`)
    expect(await users.end()).toBe(0)
  })
})
