// Cursors: the place of a row in a list, signed together with the list, so that one that was made up, or is of another
// list, filter, search or order, is refused and never taken for another place.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { ApiError } from '../../platform/errors.ts'

/** What a list is ordered by, as text, with something that breaks ties last. */
export type Place = readonly string[]

export interface Cursors {
  /** @param list names the list and everything that decides what is in it, and where */
  write(list: string, place: Place): string
  /** @throws ApiError BAD_USER_INPUT for the field, `after` or `before`, when it is no cursor of this list */
  read(list: string, cursor: string, field: string): Place
}

/** Longer than any name that a list is ordered by. */
const LENGTH_MAX = 4_096
const MAC_BYTES = 16

/** @param secrets the current one, then the previous one while it is being replaced: its cursors are still good */
export function signedCursors(secrets: readonly string[]): Cursors {
  // A key of their own, so that what is signed here is good for nothing else that is signed with the secret.
  // As key objects: Node takes five times as long with bytes, which it makes one of each time.
  const keys = secrets.map((secret) =>
    createSecretKey(createHmac('sha256', secret).update('cursors of lists').digest()),
  )

  return {
    write(list, place) {
      const text = JSON.stringify(place)
      return Buffer.concat([mac(keys[0]!, list, text), Buffer.from(text)]).toString('base64url')
    },

    read(list, cursor, field) {
      const bytes = cursor.length <= LENGTH_MAX ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0)
      const given = bytes.subarray(0, MAC_BYTES)
      const text = bytes.subarray(MAC_BYTES).toString('utf8')
      const isGenuine =
        given.length === MAC_BYTES &&
        // Base64url can be written in more than one way; this is the one that was given out.
        bytes.toString('base64url') === cursor &&
        keys.some((key) => timingSafeEqual(given, mac(key, list, text)))
      if (isGenuine) return JSON.parse(text) as Place
      throw new ApiError('BAD_USER_INPUT', `${field} is not a cursor of this list.`, { field })
    },
  }
}

function mac(key: KeyObject, list: string, text: string): Buffer {
  // The length keeps the end of one from being read as the beginning of the other.
  return createHmac('sha256', key).update(`${list.length}/${list}${text}`).digest().subarray(0, MAC_BYTES)
}
