// What people do with each other's items, for tests that are about what comes of it.
import type { AccountState } from '../../../platform/account-events.ts'
import type { Identity } from '../../../platform/identity.ts'
import type { Person, RunningItems } from './running-items.ts'

export type Activity = { kind: string; permission: string | null; [field: string]: any }

export function socialActions({ sql, ask }: Pick<RunningItems, 'sql' | 'ask'>) {
  return {
    /** What is known of accounts from now on. */
    async know(...accounts: readonly AccountState[]): Promise<void> {
      for (const { id, username, emailSha256, isEmailVerified, status } of accounts) {
        await sql`
          insert into people (id, username, email_sha256, is_email_verified, status)
          values (${id}, ${username}, ${emailSha256}, ${isEmailVerified}, ${status})
          on conflict (id) do update set status = excluded.status`
      }
    },

    async create(who: Person, input: object = {}): Promise<string> {
      const mutation = 'mutation($input: CreateItemInput!) { createItem(input: $input) { item { id } } }'
      const { data, codes } = await ask(mutation, { variables: { input: { name: 'Pen', ...input } }, identity: who })
      if (codes.length > 0) throw new Error(codes.join())
      return data.createItem.item.id
    },

    share: (who: Identity, input: object) =>
      ask(
        `mutation($input: ShareItemInput!) { shareItem(input: $input) {
           share { id permission email user { id } grantedBy { id } createdAt updatedAt } item { id }
         } }`,
        { variables: { input }, identity: who },
      ),

    revoke: (who: Identity, id: string) =>
      ask('mutation($id: ID!) { revokeShare(input: { id: $id }) { shareId item { id } } }', {
        variables: { id },
        identity: who,
      }),

    addComment: (who: Identity, input: object) =>
      ask(
        'mutation($input: AddCommentInput!) { addComment(input: $input) { comment { id body createdAt editedAt author { id } replyTo { id } item { id } viewerCanEdit viewerCanDelete } } }',
        {
          variables: { input: { body: 'Hello', ...input } },
          identity: who,
        },
      ),

    async comment(who: Person, itemId: string, input: object = {}): Promise<string> {
      const { data, codes } = await this.addComment(who, { itemId, ...input })
      if (codes.length > 0) throw new Error(codes.join())
      return data.addComment.comment.id
    },

    editComment: (who: Identity, id: string, body = 'Edited') =>
      ask(
        'mutation($input: EditCommentInput!) { editComment(input: $input) { comment { id body editedAt viewerCanEdit } } }',
        {
          variables: { input: { id, body } },
          identity: who,
        },
      ),

    deleteComment: (who: Identity, id: string) =>
      ask('mutation($id: ID!) { deleteComment(input: { id: $id }) { commentId } }', {
        variables: { id },
        identity: who,
      }),

    async permissionOf(who: Identity, itemId: string): Promise<string | null> {
      const query = 'query($id: ID!) { item(id: $id) { viewerPermission } }'
      const { data } = await ask(query, { variables: { id: itemId }, identity: who })
      return data.item?.viewerPermission ?? null
    },

    async sharesOf(who: Identity, itemId: string) {
      const query = 'query($id: ID!) { item(id: $id) { shares { id permission email user { id } grantedBy { id } } } }'
      const { data } = await ask(query, { variables: { id: itemId }, identity: who })
      return data.item.shares as any[]
    },

    async sharedWith(who: Person): Promise<string[]> {
      const query =
        'query($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { sharedWithMe { nodes { id } } } } }'
      const { data } = await ask(query, { variables: { id: who.subject }, identity: who })
      return data._entities[0].sharedWithMe.nodes.map(({ id }: { id: string }) => id)
    },

    /** A person's feed, the newest first. */
    async feedOf(who: Person): Promise<Activity[]> {
      const query = `query($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User {
        activity { nodes { id kind permission itemId itemName version actor { id } item { id } comment { id body } } }
      } } }`
      const { data } = await ask(query, { variables: { id: who.subject }, identity: who })
      return data._entities[0].activity.nodes
    },
  }
}
