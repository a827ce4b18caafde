import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { makeLifecycle } from './lifecycle.ts'

describe('a lifecycle', () => {
  it('closes what was opened last first, each after the one before', async () => {
    const { lifecycle, happened } = observed()
    lifecycle.onClose('database', () => happened.push('database'))
    lifecycle.onClose('server', async () => {
      await sleep(5)
      happened.push('server')
    })
    await lifecycle.close()
    expect(happened).toEqual(['server', 'database'])
  })

  it('is ready from the call on, and no longer once the end begins', async () => {
    const { lifecycle } = observed()
    lifecycle.onClose('server', () => expect(lifecycle.isReady).toBe(false))
    expect(lifecycle.isReady).toBe(false)
    lifecycle.ready()
    expect(lifecycle.isReady).toBe(true)
    const closed = lifecycle.close()
    expect(lifecycle.isReady).toBe(false)
    lifecycle.ready()
    expect(lifecycle.isReady).toBe(false)
    await closed
  })

  it('closes once, however often it is asked to', async () => {
    const { lifecycle, happened } = observed()
    lifecycle.onClose('server', () => happened.push('server'))
    await Promise.all([lifecycle.close(), lifecycle.close()])
    await lifecycle.close()
    expect(happened).toEqual(['server'])
  })

  it('goes on when one thing fails to close, and tells of it', async () => {
    const { lifecycle, happened, failed } = observed()
    lifecycle.onClose('database', () => happened.push('database'))
    lifecycle.onClose('redis', async () => Promise.reject(new Error('lost')))
    lifecycle.onClose('server', () => {
      throw new Error('broken')
    })
    await lifecycle.close()
    expect(happened).toEqual(['database'])
    expect(failed).toEqual(['server', 'redis'])
  })

  it('ends in time, giving up what takes longer', async () => {
    const { lifecycle, happened, failed } = observed(50)
    lifecycle.onClose('database', () => happened.push('database'))
    lifecycle.onClose('publisher', () => new Promise(() => {}))
    lifecycle.onClose('server', () => new Promise(() => {}))
    const startedMs = performance.now()
    await lifecycle.close()
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(failed).toEqual(['server', 'publisher'])
    expect(happened).toEqual(['database'])
  })

  it('closes what is opened while it ends', async () => {
    const { lifecycle, happened } = observed()
    lifecycle.onClose('server', async () => lifecycle.onClose('late', () => happened.push('late')))
    await lifecycle.close()
    expect(happened).toEqual(['late'])
  })
})

function observed(drainTimeoutMs = 1_000) {
  const happened: string[] = []
  const failed: string[] = []
  const lifecycle = makeLifecycle({ drainTimeoutMs, onError: (what) => failed.push(what) })
  return { lifecycle, happened, failed }
}
