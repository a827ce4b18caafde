// What happened, in words around the name of the item: “bob commented on … .”
import type { ActivityFactsFragment } from './gql/graphql.ts'
import { labelOf, sharePermissions } from './labels.ts'

export interface Deed {
  /** Who did it. */
  readonly who: string
  /** What stands between who did it and the name of the item. */
  readonly did: string
  /** What stands after the name. */
  readonly rest: string
}

/** @param myId who reads that; things are said to them */
export function deedOf({ kind, actor, permission, version }: ActivityFactsFragment, myId: string | undefined): Deed {
  const isMine = actor !== null && actor.id === myId
  const permits = permission ? ` · ${labelOf(sharePermissions, permission)}` : ''
  const who = isMine ? 'You' : (actor?.username ?? 'Somebody')
  const deed = (did: string, rest = '') => ({ who, did, rest })
  switch (kind) {
    case 'ITEM_CREATED':
      return deed('created')
    case 'ITEM_UPDATED':
      return deed('changed', version ? ` · version ${version}` : '')
    case 'ITEM_DELETED':
      return deed('put', ' into the trash')
    case 'ITEM_RESTORED':
      return deed('took', ' out of the trash')
    case 'ITEM_REVERTED':
      return deed('reverted', ' to an earlier version')
    case 'ITEM_SHARED':
      return isMine ? deed('shared', permits) : deed('shared', ` with you${permits}`)
    case 'SHARE_CHANGED':
      return isMine ? deed('changed a share of', permits) : deed('changed what you may do with', permits)
    case 'SHARE_REVOKED':
      return isMine ? deed('took back a share of') : deed('no longer shares', ' with you')
    case 'COMMENT_ADDED':
      return deed('commented on')
    case 'COMMENT_DELETED':
      return deed('deleted a comment on')
  }
}
