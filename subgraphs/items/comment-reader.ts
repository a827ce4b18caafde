// Reads comments: by their ids, and pages of those on items and in reply to others. A comment whose author is gone is as one
// that was deleted: it stands there while it has replies, and says nothing.
import { and, asc, desc, getTableColumns, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { comments } from '../../drizzle/items/tables.ts'
import { isThere } from './access.ts'
import type { CommentFacts } from './access.ts'
import type { Place } from './cursors.ts'
import type { PageRequest, Side } from './pages.ts'

type StoredComment = typeof comments.$inferSelect
export type CommentRow = StoredComment & Pick<CommentFacts, 'isAuthorGone'>
/** A comment and its place: microseconds since 1970, of which a Date would lose the last three digits. */
export type ListedComment = CommentRow & { readonly createdAtUs: string }

/** What comments are about: an item, or a comment that they reply to. */
export type CommentsOf = 'ITEM' | 'COMMENT'

export interface CommentList {
  readonly count: number
  /** The places of the first and the last; null where there are none. */
  readonly first: Place | null
  readonly last: Place | null
}

export const commentColumns = getTableColumns(comments)

const isAuthorThere = sql`"comments"."deleted_at" is null and ${isThere(sql`"comments"."author_id"`)}`

/** It says something, or stands there for a reply that does. */
export const isCommentShown = sql`(${isAuthorThere} or exists (
  select from "comments" as "reply"
  where "reply"."parent_id" = "comments"."id" and "reply"."deleted_at" is null and ${isThere(sql`"reply"."author_id"`)}
))`

const shownColumns = {
  ...commentColumns,
  isAuthorGone: sql<boolean>`not (${isThere(sql`"comments"."author_id"`)})`.as('is_author_gone'),
}
const createdAtUs = sql<string>`(extract(epoch from "comments"."created_at") * 1000000)::bigint::text`
const timeOf = (us: unknown) => sql`timestamptz 'epoch' + ${us}::bigint * interval '1 microsecond'`

export const placeOfComment = ({ createdAtUs, id }: ListedComment): Place => [createdAtUs, id]

export function commentReader(db: PostgresJsDatabase) {
  const { placeholder } = sql
  const parents: Record<CommentsOf, ReturnType<typeof sql>> = {
    ITEM: sql`"comments"."parent_id" is null and "comments"."item_id"`,
    COMMENT: sql`"comments"."parent_id"`,
  }
  const wanted = sql`unnest(${placeholder('parentIds')}::uuid[]) with ordinality as wanted(parent_id, number)`

  const byIds = db
    .select(shownColumns)
    .from(comments)
    .where(sql`"comments"."id" = any(${placeholder('ids')}::uuid[]) and ${isCommentShown}`)
    .prepare('comments_by_ids')

  function pagesStatement(of: CommentsOf, isBackward: boolean) {
    const direction = isBackward ? desc : asc
    const page = db
      .select({ ...shownColumns, createdAtUs: createdAtUs.as('created_at_us') })
      .from(comments)
      .where(
        and(
          sql`${parents[of]} = wanted.parent_id`,
          isCommentShown,
          sql`("comments"."created_at", "comments"."id") > (
            coalesce(${timeOf(placeholder('afterUs'))}, '-infinity'), coalesce(${placeholder('afterId')}::uuid, ${FIRST_ID})
          )`,
          sql`("comments"."created_at", "comments"."id") < (
            coalesce(${timeOf(placeholder('beforeUs'))}, 'infinity'), coalesce(${placeholder('beforeId')}::uuid, ${LAST_ID})
          )`,
        ),
      )
      .orderBy(direction(comments.createdAt), direction(comments.id))
      .limit(placeholder('limit'))
      .as('page')
    return db
      .select({ number: sql<string>`wanted.number`, ...page._.selectedFields })
      .from(wanted)
      .crossJoinLateral(page)
      .orderBy(sql`wanted.number`, direction(page.createdAt), direction(page.id))
      .prepare(`comments_of_${of.toLowerCase()}_${isBackward ? 'backward' : 'forward'}`)
  }

  function listsStatement(of: CommentsOf) {
    const place = (end: string) =>
      sql<
        [string, string] | null
      >`${sql.raw(end)}(array[lpad(${createdAtUs}, 16, '0'), "comments"."id"::text] collate "C")`
    return db
      .select({
        parentId: of === 'ITEM' ? comments.itemId : comments.parentId,
        count: sql<number>`count(*)::int`,
        first: place('min'),
        last: place('max'),
      })
      .from(comments)
      .where(sql`${parents[of]} = any(${placeholder('parentIds')}::uuid[]) and ${isCommentShown}`)
      .groupBy(of === 'ITEM' ? comments.itemId : comments.parentId)
      .prepare(`comment_lists_of_${of.toLowerCase()}`)
  }

  const statements = {
    ITEM: {
      forward: pagesStatement('ITEM', false),
      backward: pagesStatement('ITEM', true),
      lists: listsStatement('ITEM'),
    },
    COMMENT: {
      forward: pagesStatement('COMMENT', false),
      backward: pagesStatement('COMMENT', true),
      lists: listsStatement('COMMENT'),
    },
  }

  return {
    /** Those that are shown, in any order. Whether their items may be read is not asked here. */
    byIds: (ids: readonly string[]): Promise<CommentRow[]> => byIds.execute({ ids: [...ids] }),

    /** The same page, the oldest first, for each of the parents; see `toPage`. */
    async pages(of: CommentsOf, parentIds: readonly string[], request: PageRequest): Promise<ListedComment[][]> {
      const { size, isBackward, after, before } = request
      const rows = await statements[of][isBackward ? 'backward' : 'forward'].execute({
        parentIds: [...parentIds],
        afterUs: after?.[0] ?? null,
        afterId: after?.[1] ?? null,
        beforeUs: before?.[0] ?? null,
        beforeId: before?.[1] ?? null,
        limit: size + 1,
      })
      const byNumber = Map.groupBy(rows, ({ number }) => Number(number) - 1)
      return parentIds.map((_id, number) => byNumber.get(number) ?? [])
    },

    /** How many comments each of the parents has, and between which places. */
    async lists(of: CommentsOf, parentIds: readonly string[]): Promise<CommentList[]> {
      const rows = await statements[of].lists.execute({ parentIds: [...parentIds] })
      const byParent = new Map(rows.map((row) => [row.parentId, row]))
      return parentIds.map((id) => byParent.get(id) ?? { count: 0, first: null, last: null })
    },
  }
}

/** Whether a list has anything at a place, or on that side of it. */
export function isCommentBeyond({ first, last }: CommentList, side: Side, place: Place): boolean {
  const end = side === 'before' ? first : last
  if (end === null) return false
  const order = Number(BigInt(end[0]!) - BigInt(place[0]!)) || (end[1]! < place[1]! ? -1 : Number(end[1]! > place[1]!))
  return side === 'before' ? order <= 0 : order >= 0
}

const FIRST_ID = sql.raw(`'00000000-0000-0000-0000-000000000000'::uuid`)
const LAST_ID = sql.raw(`'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid`)
