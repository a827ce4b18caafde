// People who change their items all the time, whatever breaks. A change that is not answered may have been made or not:
// what was answered counts, and what the log of events holds in the end is the truth.
import { setTimeout as sleep } from 'node:timers/promises'
import { apiOf } from '../support/api.ts'
import type { Answer, Person } from '../support/api.ts'

export interface Writers {
  /** Changes that were answered, by item. */
  readonly acknowledged: ReadonlyMap<string, number>
  readonly unanswered: () => number
  /** Resolves when so many changes have been answered in all. */
  untilAcknowledged(changes: number): Promise<void>
  /** Resolves when the last change that is under way has had its answer. */
  stop(): Promise<void>
  /** One more change, tried until it is answered. */
  writeOnce(): Promise<void>
}

export interface WritersOptions {
  readonly url: string
  readonly people: readonly Person[]
  /** Of all of them together. */
  readonly changesPerSecond: number
  readonly random: () => number
}

const CREATE = 'mutation ($input: CreateItemInput!) { change: createItem(input: $input) { item { id } } }'
const UPDATE = 'mutation ($input: UpdateItemInput!) { change: updateItem(input: $input) { item { id } } }'
/** After an answer that is none. */
const PAUSE_MS = 200
const ITEMS_PER_PERSON = 20

export function startWriters({ url, people, changesPerSecond, random }: WritersOptions): Writers {
  const { ask } = apiOf(url)
  const acknowledged = new Map<string, number>()
  let count = 0
  let unanswered = 0
  let changes = 0
  let isStopping = false

  async function change(person: Person, itemIds: string[]): Promise<boolean> {
    const isNew = itemIds.length < ITEMS_PER_PERSON || random() < 0.1
    const id = itemIds[Math.floor(random() * itemIds.length)]
    const name = `Change ${(changes += 1)}` // never the same: a change that changes nothing is no event
    // Now and then an item goes out of view or comes into it, which its followers are told.
    const visibility = random() < (isNew ? 0.7 : 0.9) ? 'PUBLIC' : 'PRIVATE'
    const input = isNew ? { name, visibility } : { id, name, visibility }
    const answer: Answer | null = await ask(isNew ? CREATE : UPDATE, { input }, person).catch(() => null)
    const itemId = answer?.data?.change?.item.id as string | undefined
    if (itemId === undefined) {
      unanswered += 1
      return false
    }
    if (isNew) itemIds.push(itemId)
    acknowledged.set(itemId, (acknowledged.get(itemId) ?? 0) + 1)
    count += 1
    return true
  }

  async function write(person: Person, itemIds: string[]): Promise<void> {
    const intervalMs = (1_000 * people.length) / changesPerSecond
    while (!isStopping) {
      const startedAtMs = performance.now()
      if (!(await change(person, itemIds))) await sleep(PAUSE_MS)
      await sleep(Math.max(0, intervalMs * (0.5 + random()) - (performance.now() - startedAtMs)))
    }
  }

  const itemsOf = people.map(() => [] as string[])
  const writing = people.map((person, nth) => write(person, itemsOf[nth]!))
  return {
    acknowledged,
    unanswered: () => unanswered,
    async untilAcknowledged(changes) {
      while (count < changes) await sleep(50)
    },
    async stop() {
      isStopping = true
      await Promise.all(writing)
    },
    async writeOnce() {
      while (!(await change(people[0]!, itemsOf[0]!))) await sleep(PAUSE_MS)
    },
  }
}
