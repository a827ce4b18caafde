// Pages of any list, as Relay's connection specification has them: read forwards with `first`, backwards with `last`,
// between the cursors `after` and `before`. What is dear is a function, called when the field that shows it is selected.
import { ApiError } from '../../platform/errors.ts'
import type { Cursors, Place } from './cursors.ts'

export const SIZE_MAX = 100
const SIZE_DEFAULT = 20

/** The arguments of a field that answers with a connection. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

export interface PageRequest {
  /** Rows, 1 to 100. */
  readonly size: number
  /** The page is the end of the list, or of the part of it between the cursors. */
  readonly isBackward: boolean
  readonly after: Place | null
  readonly before: Place | null
}

/** On which side of a page. */
export type Side = 'before' | 'after'

/** A connection. */
export interface Page<Row> {
  /** In the order of the list. */
  readonly nodes: readonly Row[]
  cursorOf(row: Row): string
  isThereMore(side: Side): boolean | Promise<boolean>
  countAll(): number | Promise<number>
}

export interface Edge<Row> {
  readonly node: Row
  readonly page: Page<Row>
}

/**
 * @param list as cursors are signed with
 * @throws ApiError BAD_USER_INPUT for the field `first`, `last`, `after` or `before`
 */
export function readPageRequest(
  { first, after, last, before }: PageArguments,
  cursors: Cursors,
  list: string,
): PageRequest {
  if (first != null && last != null) throw badInput('last', 'first and last do not go together')
  for (const [field, size] of Object.entries({ first, last })) {
    if (size != null && (size < 1 || size > SIZE_MAX)) throw badInput(field, `${field} must be from 1 to ${SIZE_MAX}`)
  }
  return {
    size: first ?? last ?? SIZE_DEFAULT,
    isBackward: last != null,
    after: after == null ? null : cursors.read(list, after, 'after'),
    before: before == null ? null : cursors.read(list, before, 'before'),
  }
}

/**
 * @param found one row more than was asked for, if there is one: that is how the page knows of more. In the order in which
 *   they were read: from the end where the request is backward
 * @param isBeyond whether the list has rows at a place or on that side of it
 */
export function toPage<Row>(
  found: readonly Row[],
  { size, isBackward, after, before }: PageRequest,
  list: {
    cursorOf(row: Row): string
    isBeyond(side: Side, place: Place): Promise<boolean>
    countAll(): number | Promise<number>
  },
): Page<Row> {
  const read = found.slice(0, size)
  const isCutOff = found.length > size
  return {
    nodes: isBackward ? read.reverse() : read,
    cursorOf: list.cursorOf,
    countAll: list.countAll,
    isThereMore(side) {
      if (isCutOff && side === (isBackward ? 'before' : 'after')) return true
      // Nothing but a cursor keeps rows from this page.
      const place = side === 'before' ? after : before
      return place !== null && list.isBeyond(side, place)
    },
  }
}

/** Resolvers of a connection's types. */
export const connection = {
  edges: <Row, Of extends Page<Row>>(page: Of & Page<Row>): { readonly node: Row; readonly page: Of }[] =>
    page.nodes.map((node) => ({ node, page })),
  pageInfo: <Row>(page: Page<Row>) => page,
  totalCount: <Row>(page: Page<Row>) => page.countAll(),
}

export const edge = { cursor: <Row>({ node, page }: Edge<Row>) => page.cursorOf(node) }

export const pageInfo = {
  hasNextPage: <Row>(page: Page<Row>) => page.isThereMore('after'),
  hasPreviousPage: <Row>(page: Page<Row>) => page.isThereMore('before'),
  startCursor: <Row>({ nodes, cursorOf }: Page<Row>) => (nodes.length > 0 ? cursorOf(nodes[0]!) : null),
  endCursor: <Row>({ nodes, cursorOf }: Page<Row>) => (nodes.length > 0 ? cursorOf(nodes.at(-1)!) : null),
}

const badInput = (field: string, problem: string) => new ApiError('BAD_USER_INPUT', `${problem}.`, { field })
