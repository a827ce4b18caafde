import { describe, expect, it, vi } from 'vitest'
import { makeQueue } from './queue.ts'

const open = (max = 10) => {
  const onEnd = vi.fn()
  return { onEnd, queue: makeQueue<string>({ max, overflow: 'too slow', onEnd }) }
}

describe('makeQueue', () => {
  it('hands values on in order, whether they wait or are waited for', async () => {
    const { queue } = open()
    const iterator = queue.iterate()
    queue.push('a')
    queue.push('b')
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual(['a', 'b'])

    const next = iterator.next()
    queue.push('c')
    expect(await next).toEqual({ value: 'c', done: false })
  })

  it('ends a subscriber who falls too far behind, after what was promised and a last word', async () => {
    const { queue, onEnd } = open(2)
    for (const value of ['a', 'b', 'c', 'd']) queue.push(value)

    const values: string[] = []
    for await (const value of queue.iterate()) values.push(value)

    expect(values).toEqual(['a', 'b', 'too slow'])
    expect(onEnd).toHaveBeenCalledOnce()
  })

  it('ends at once when the subscriber leaves, also while it waits', async () => {
    const { queue, onEnd } = open()
    const iterator = queue.iterate()
    const next = iterator.next()

    await iterator.return()
    queue.push('late')

    expect(await next).toEqual({ value: undefined, done: true })
    expect(await iterator.next()).toEqual({ value: undefined, done: true })
    expect(onEnd).toHaveBeenCalledOnce()
  })
})
