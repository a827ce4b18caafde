// One sending and its deliveries: what is asked of who sends and who follows, in the right order.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { deliveriesFrom, delaysOf } from './deliveries.ts'
import type { Delays } from './deliveries.ts'
import type { Following, Received, jobs as followerJobs } from './followers.ts'
import type { Worker } from './worker.ts'

export type Followers = Worker<typeof followerJobs>

const POLL_MS = 20
const DELIVERY_TIMEOUT_MS = 30_000
const PROBE_INTERVAL_MS = 200
/** A room in which nothing arrives for so long has had what was sent. */
const QUIET_MS = 300
/** A process has files and sockets besides. */
const OTHER_DESCRIPTORS = 200

/** @throws Error when this machine does not let a process have so many sockets: Node takes what the hard limit gives */
export function checkDescriptors(sockets: number): void {
  const [, , hard] = /^Max open files +(\d+|unlimited) +(\d+|unlimited)/m.exec(
    readFileSync('/proc/self/limits', 'utf8'),
  )!
  if (hard === 'unlimited' || Number(hard) >= sockets + OTHER_DESCRIPTORS) return
  throw new Error(`${sockets} sockets need "ulimit -Hn ${sockets + OTHER_DESCRIPTORS}", and it is ${hard}.`)
}

/** Connects, and sends until everybody has heard something: nobody else says that a subscription has begun. */
export async function gather(followers: Followers, following: Following, probe: () => Promise<unknown>): Promise<void> {
  await followers.ask('connect', following)
  for (const startedMs = performance.now(); ; await sleep(PROBE_INTERVAL_MS)) {
    await probe()
    await sleep(PROBE_INTERVAL_MS)
    if ((await followers.ask('hearing')) === following.sockets) break
    if (performance.now() - startedMs > DELIVERY_TIMEOUT_MS) throw new Error('Not every socket heard an event in time.')
  }
  await untilQuiet(followers)
  await followers.ask('take')
}

export interface Deliveries extends Delays {
  readonly received: Received
  /** From the beginning of sending until everybody had everything. */
  readonly tookMs: number
}

/** @param expected deliveries @throws Error when they do not come in time, or more than those come */
export async function deliver(
  followers: Followers,
  expected: number,
  send: () => Promise<unknown>,
): Promise<Deliveries> {
  const startedMs = performance.now()
  await send()
  for (const sentMs = performance.now(); ; await sleep(POLL_MS)) {
    const received = await followers.ask('received')
    if (received >= expected) break
    if (performance.now() - sentMs > DELIVERY_TIMEOUT_MS) throw new Error(`${received} of ${expected} deliveries came.`)
  }
  const tookMs = performance.now() - startedMs
  const received = await followers.ask('take')
  if (received.numbers.length > expected) throw new Error(`${received.numbers.length} deliveries, not ${expected}.`)
  return { ...delaysOf(received), received, tookMs }
}

/** Delays of the last part of what was sent: where a backlog grows, it shows there. @param from number of an event */
export function delaysFrom(from: number, { received }: Deliveries): Delays {
  return delaysOf(deliveriesFrom(from, received))
}

async function untilQuiet(followers: Followers): Promise<void> {
  for (let before = -1; ; await sleep(QUIET_MS)) {
    const received = await followers.ask('received')
    if (received === before) return
    before = received
  }
}
