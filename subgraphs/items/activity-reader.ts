// Reads feeds, the newest first: pages of one person's, and what stands in it by id.
import { and, asc, desc, getTableColumns, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { activities } from '../../drizzle/items/tables.ts'
import type { Place } from './cursors.ts'
import type { PageRequest, Side } from './pages.ts'

/** An activity and its place: microseconds since 1970, of which a Date would lose the last three digits. */
export type ActivityRow = typeof activities.$inferSelect & { readonly createdAtUs: string }

export const placeOfActivity = ({ createdAtUs, id }: ActivityRow): Place => [createdAtUs, id]

export function activityReader(db: PostgresJsDatabase) {
  const { placeholder } = sql
  const columns = {
    ...getTableColumns(activities),
    createdAtUs: sql<string>`(extract(epoch from ${activities.createdAt}) * 1000000)::bigint::text`,
  }
  const ofUser = sql`${activities.userId} = ${placeholder('userId')}`
  const place = sql`(${activities.createdAt}, ${activities.id})`
  const given = (us: string, id: string, otherwise: readonly [string, string]) => sql`(
    coalesce(timestamptz 'epoch' + ${placeholder(us)}::bigint * interval '1 microsecond', ${otherwise[0]}::timestamptz),
    coalesce(${placeholder(id)}::uuid, ${otherwise[1]}::uuid)
  )`
  const beforeAll = ['-infinity', '00000000-0000-0000-0000-000000000000'] as const
  const afterAll = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const

  const pages = ([desc, asc] as const).map((direction) =>
    db
      .select(columns)
      .from(activities)
      .where(
        and(
          ofUser,
          sql`${place} < ${given('afterUs', 'afterId', afterAll)}`,
          sql`${place} > ${given('beforeUs', 'beforeId', beforeAll)}`,
        ),
      )
      .orderBy(direction(activities.createdAt), direction(activities.id))
      .limit(placeholder('limit'))
      .prepare(`activities_page_${direction === desc ? 'down' : 'up'}`),
  )

  const byIds = db
    .select(columns)
    .from(activities)
    .where(and(ofUser, sql`${activities.id} = any(${placeholder('ids')}::uuid[])`))
    .prepare('activities_by_ids')

  const beyond = (side: Side) =>
    db
      .select({ id: activities.id })
      .from(activities)
      .where(
        and(ofUser, sql`${place} ${side === 'before' ? sql`>=` : sql`<=`} ${given('placeUs', 'placeId', afterAll)}`),
      )
      .limit(1)
      .prepare(`activities_beyond_${side}`)
  const isBeyond = { before: beyond('before'), after: beyond('after') }

  const count = db
    .select({ count: sql<number>`count(*)::int` })
    .from(activities)
    .where(ofUser)
    .prepare('activities_count')

  return {
    /** Of this person's feed, in any order. */
    byIds: (userId: string, ids: readonly string[]): Promise<ActivityRow[]> => byIds.execute({ userId, ids: [...ids] }),

    /** A page of a person's feed; see `toPage`. */
    page: (userId: string, { size, isBackward, after, before }: PageRequest): Promise<ActivityRow[]> =>
      pages[isBackward ? 1 : 0]!.execute({
        userId,
        afterUs: after?.[0] ?? null,
        afterId: after?.[1] ?? null,
        beforeUs: before?.[0] ?? null,
        beforeId: before?.[1] ?? null,
        limit: size + 1,
      }),

    /** Whether the feed has anything at a place, or on that side of it. */
    isBeyond: async (userId: string, side: Side, [placeUs, placeId]: Place): Promise<boolean> =>
      (await isBeyond[side].execute({ userId, placeUs, placeId })).length > 0,

    count: async (userId: string): Promise<number> => (await count.execute({ userId }))[0]!.count,
  }
}
