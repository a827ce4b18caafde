// The items of the seed, read from a Markdown file for each person: a heading is a name, what follows the description.
// An item is active and public unless a comment below its heading says otherwise: `<!-- draft, private -->`.
import { readFileSync } from 'node:fs'
import type { items, itemVersions } from '../items/tables.ts'
import { demoPeople } from './people.ts'
import type { DemoPerson } from './people.ts'
import { demoId, makeRandom } from './random.ts'
import { demoTags } from './tags.ts'

type NewItem = typeof items.$inferInsert
type NewVersion = typeof itemVersions.$inferInsert

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Items were made in the months before, more of them lately, each in the waking hours of a day. */
const OLDEST_DAYS = 200

/** @param now when the seed is sown; ages count from it */
export function demoItems(now: Date): NewItem[] {
  const random = makeRandom(1843)
  return demoPeople.flatMap((person) => sections(person).map((section) => toItem(section, person, now, random)))
}

/**
 * The versions of an item of the seed: it began as a draft without tags, and got its last words with its last change.
 *
 * @param item with everything that `demoItems` gives
 */
export function demoVersions(item: NewItem): NewVersion[] {
  const { id, ownerId, name, description = null, status, visibility, tags, version = 1, createdAt, updatedAt } = item
  const [beganMs, endedMs] = [createdAt!, updatedAt!].map((date) => date.getTime()) as [number, number]
  return Array.from({ length: version }, (_, before): NewVersion => {
    const isLast = before === version - 1
    return {
      itemId: id!,
      version: before + 1,
      kind: before === 0 ? 'CREATED' : 'UPDATED',
      name,
      description: isLast
        ? description
        : (description
            ?.split('\n\n')
            .slice(0, before + 1)
            .join('\n\n') ?? null),
      status: isLast || before > 0 ? status : 'DRAFT',
      visibility,
      tags: isLast ? tags : [],
      authorId: ownerId,
      createdAt: isLast ? updatedAt : new Date(beganMs + ((endedMs - beganMs) * before) / version),
    }
  })
}

interface Section {
  readonly name: string
  readonly marks: readonly string[]
  readonly description: string | null
}

function sections({ username }: DemoPerson): Section[] {
  const text = readFileSync(new URL(`${username}.md`, import.meta.url), 'utf8')
  const [, ...parts] = text.split(/^## /m)
  return parts.map((part) => {
    const [, name = '', marks = '', description = ''] = /^(.*)\n\s*(?:<!-- (.*) -->)?([^]*)$/.exec(part) ?? []
    return { name: name.trim(), marks: marks ? marks.split(', ') : [], description: description.trim() || null }
  })
}

function toItem({ name, marks, description }: Section, owner: DemoPerson, now: Date, random: () => number): NewItem {
  const createdAt = wakingMoment(now, Math.ceil(OLDEST_DAYS * random() ** 1.7), random)
  const changes = random() < 0.4 ? Math.ceil(random() ** 2 * 9) : 0
  const sinceMs = now.getTime() - createdAt.getTime()
  return {
    id: demoId(`${owner.username}: ${name}`),
    ownerId: owner.id,
    name,
    description,
    status: statusOf(marks),
    visibility: marks.includes('private') ? 'PRIVATE' : 'PUBLIC',
    tags: demoTags(owner, name, description),
    version: 1 + changes,
    createdAt,
    updatedAt: changes > 0 ? new Date(createdAt.getTime() + Math.floor(sinceMs * random())) : createdAt,
  }
}

function statusOf(marks: readonly string[]): NewItem['status'] {
  if (marks.includes('draft')) return 'DRAFT'
  if (marks.includes('inactive')) return 'INACTIVE'
  return marks.includes('archived') ? 'ARCHIVED' : 'ACTIVE'
}

function wakingMoment(now: Date, daysAgo: number, random: () => number): Date {
  const midnight = new Date(now.getTime() - daysAgo * DAY_MS).setUTCHours(0, 0, 0, 0)
  return new Date(midnight + Math.floor((7 * 60 + random() * 15 * 60) * MINUTE_MS))
}
