import { isUuid } from './input.ts'

/**
 * What a loader looks rows up with: one statement, however many ids.
 *
 * @param find called with uuids alone, as Postgres refuses anything else, and not at all where there is none
 * @returns rows in the order of the ids, null where there is none
 */
export function rowsById<Row extends { readonly id: string }>(
  find: (ids: readonly string[]) => Promise<readonly Row[]>,
) {
  return async (ids: readonly string[]): Promise<(Row | null)[]> => {
    const uuids = ids.filter(isUuid)
    const rows = uuids.length > 0 ? await find(uuids) : []
    const found = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => found.get(id) ?? null)
  }
}
