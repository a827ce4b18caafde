import { GraphQLError } from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import type { FetchAnswer } from '../execution/run.ts'
import { makeUpstreamGroup } from './upstream-group.ts'
import type { UpstreamOperation } from './upstream-operation.ts'
import type { Upstream, UpstreamListener } from './upstream.ts'

const lost = new GraphQLError('lost')

it('tells results in the order in which they came in, whichever is ready first', async () => {
  const { upstream, group, resolve } = groupOf()
  const member = join(group)
  for (const n of [1, 2, 3]) upstream.send(n)

  resolve(3)
  resolve(2)
  await settled()
  expect(member.told).toEqual([])
  resolve(1)
  await settled()
  expect(member.told).toEqual(['1', '2', '3'])
})

it('makes eight answers whole at a time', async () => {
  const { upstream, resolving, resolve } = groupOf()
  for (let n = 1; n <= 20; n++) upstream.send(n)

  expect(resolving()).toBe(8)
  resolve(1)
  await settled()
  expect(resolving()).toBe(8)
})

it('goes on after an answer that could not be made whole, which is told as an error', async () => {
  const { upstream, group, fail, resolve } = groupOf()
  const member = join(group)
  upstream.send(1)
  upstream.send(2)

  fail(1)
  resolve(2)
  await settled()
  expect(JSON.parse(member.told[0]!)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] })
  expect(member.told[1]).toBe('2')
})

describe('the end', () => {
  it('is told after all that came before it, with its failure first', async () => {
    const { upstream, group, resolve, onEnd } = groupOf()
    const member = join(group)
    upstream.send(1)
    upstream.end(lost)
    upstream.send(2)

    expect(onEnd).toHaveBeenCalled()
    await settled()
    expect(member).toMatchObject({ told: [], isComplete: false })
    resolve(1)
    await settled()
    expect(member).toMatchObject({ told: ['1', 'lost'], isComplete: true })
  })

  it('of the last member unsubscribes, of another one does not', () => {
    const { upstream, group, onEnd } = groupOf()
    const [first, second] = [join(group), join(group)]

    first.leave()
    expect(upstream.subscriptions).toBe(1)
    second.leave()
    second.leave()
    expect(upstream.subscriptions).toBe(0)
    expect(onEnd).toHaveBeenCalledOnce()
  })

  it('while answers are waited for tells nothing to those who left', async () => {
    const { upstream, group, resolve } = groupOf()
    const member = join(group)
    upstream.send(1)
    upstream.end(lost)
    member.leave()

    resolve(1)
    await settled()
    expect(member).toMatchObject({ told: [], isComplete: false })
  })

  it.each([
    ['a thousand answers', 1_009, 10],
    ['a mebibyte', 11, 512 * 1024],
  ])('comes when more than %s wait, which are not told any more', async (_what, count, bytes) => {
    const { upstream, group, resolve } = groupOf()
    const member = join(group)
    for (let n = 1; n < count; n++) upstream.send(n, bytes)
    expect(upstream.subscriptions).toBe(1)

    upstream.send(count, bytes)

    expect(upstream.subscriptions).toBe(0)
    for (let n = 1; n <= 8; n++) resolve(n)
    await settled()
    expect(member.told).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', 'TIMEOUT'])
    expect(member.isComplete).toBe(true)
  })

  it('does not come with a single answer, however large', () => {
    const { upstream } = groupOf()
    for (let n = 1; n <= 9; n++) upstream.send(n, 10 * 1024 * 1024)

    expect(upstream.subscriptions).toBe(1)
  })
})

describe('another preparation', () => {
  it('that asks the same goes on with the subscription', async () => {
    const { upstream, group, operation } = groupOf()
    const member = join(group)
    group.replace({ ...operation, resolve: async () => 'new' })

    expect(upstream.subscribed).toEqual(['body'])
    upstream.send(1)
    await settled()
    expect(member.told).toEqual(['new'])
  })

  it.each(['body', 'address'])('with another %s subscribes again, and hears of the old one no more', async (what) => {
    const { upstream, group, operation } = groupOf()
    const member = join(group)
    const other = what === 'address' ? fakeUpstream('other') : upstream
    const resolve = async (first: FetchAnswer | GraphQLError) => `new ${label(first)}`
    group.replace({ ...operation, resolve, upstream: other, body: what === 'body' ? 'other' : 'body' })

    expect(upstream.subscriptions + (other === upstream ? 0 : other.subscriptions)).toBe(1)
    other.send(1)
    await settled()
    expect(member.told).toEqual(['new 1'])
  })

  it('follows nothing for those who have left meanwhile', () => {
    const { upstream, group, operation } = groupOf()
    join(group).leave()
    group.replace({ ...operation, body: 'other' })

    expect(upstream.subscriptions).toBe(0)
  })
})

function groupOf() {
  const upstream = fakeUpstream('upstream')
  const pending = new Map<string, PromiseWithResolvers<string>>()
  const operation: UpstreamOperation = {
    supergraph: {} as never,
    upstream,
    body: 'body',
    key: '',
    resolve(first) {
      if (first instanceof GraphQLError) return Promise.resolve(label(first))
      const answer = Promise.withResolvers<string>()
      pending.set(label(first), answer)
      return answer.promise
    },
    audience: 'PERSON',
    prepareAgain: () => Promise.reject(new Error('not asked for')),
  }
  const onEnd = vi.fn()
  const context = { requestId: '', identity: ANONYMOUS, clientAddress: null }
  const group = makeUpstreamGroup({ operation, context, log: makeLog('test', 'silent'), onEnd })
  const take = (n: number) => {
    const answer = pending.get(String(n))!
    pending.delete(String(n))
    return answer
  }
  return {
    upstream,
    operation,
    group,
    onEnd,
    resolving: () => pending.size,
    resolve: (n: number) => take(n).resolve(String(n)),
    fail: (n: number) => take(n).reject(new Error('a fault')),
  }
}

function label(first: FetchAnswer | GraphQLError): string {
  if (!(first instanceof GraphQLError)) return String(first.data!['n'])
  return String(first.extensions['code'] ?? first.message)
}

/** Sends to the newest of its subscriptions. */
function fakeUpstream(key: string) {
  const listeners: UpstreamListener[] = []
  const subscribed: string[] = []
  return {
    key,
    subscribed,
    get subscriptions() {
      return listeners.length
    },
    subscribe(body: string, _identity: unknown, listener: UpstreamListener) {
      subscribed.push(body)
      listeners.push(listener)
      return () => {
        const index = listeners.indexOf(listener)
        if (index >= 0) listeners.splice(index, 1)
      }
    },
    send: (n: number, bytes = 10) => listeners.at(-1)?.next({ data: { n } }, bytes),
    end: (failure: GraphQLError | null) => listeners.at(-1)?.end(failure),
    close() {},
  } satisfies Upstream & Record<string, unknown>
}

function join(group: ReturnType<typeof makeUpstreamGroup>) {
  const member = { told: [] as string[], isComplete: false, leave: () => {} }
  member.leave = group.join({
    next: (text) => member.told.push(text),
    flushed: async () => {},
    complete: () => void (member.isComplete = true),
  }).leave
  return member
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
