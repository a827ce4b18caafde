// What Tributary promises of things that people do together: sharing, commenting, feeds; and of finding anything by its id.
import { describe, expect, it, vi } from 'vitest'
import { PASSWORD } from './support/api.ts'
import type { Api, Person } from './support/api.ts'

/** Milliseconds in which what happens in one subgraph is known in another. */
const soon = { timeout: 10_000 }

export function sharingPromises(given: () => { readonly api: Api; readonly ada: Person; readonly bob: Person }): void {
  const ask: Api['ask'] = (...args) => given().api.ask(...args)

  describe('sharing', () => {
    it('shows an item to whom it is shared with, at once and as far as it is permitted, until that is taken back', async () => {
      const { api, ada, bob } = given()
      const [shared, strangers] = await Promise.all([api.followItems('SHARED', bob), api.followItems('PUBLIC')])
      const id = await api.createItem(ada, { name: 'Plan' })
      const share = await shareWith(ada, { itemId: id, username: bob.username, permission: 'EDIT' })
      await vi.waitFor(() => expect(shared.of(id)).toHaveLength(1), soon)
      expect(shared.of(id)[0]).toMatchObject({
        kind: 'UPDATED',
        item: { name: 'Plan', viewerPermission: 'EDIT', owner: { username: ada.username } },
      })
      expect((await sharedWith(bob)).map((item) => item.id)).toContain(id)
      const renamed = await ask(
        'mutation ($id: ID!) { updateItem(input: { id: $id, name: "Plan B" }) { item { name } } }',
        { id },
        bob,
      )
      expect(renamed.data.updateItem.item).toEqual({ name: 'Plan B' })

      const one = await api.followItem(id, bob)
      await ask('mutation ($id: ID!) { revokeShare(input: { id: $id }) { shareId } }', { id: share.id }, ada)
      await vi.waitFor(() => expect(shared.of(id).at(-1)).toEqual({ kind: 'REMOVED', itemId: id, item: null }), soon)
      await vi.waitFor(() => expect(one.isComplete()).toBe(true), soon)
      expect(one.of(id).at(-1)).toEqual({ kind: 'REMOVED', itemId: id, item: null })
      expect((await sharedWith(bob)).map((item) => item.id)).not.toContain(id)
      expect((await ask('query ($id: ID!) { item(id: $id) { id } }', { id }, bob)).codes).toEqual(['NOT_FOUND'])
      expect(strangers.of(id)).toEqual([])
      await Promise.all([shared.end(), strangers.end(), one.end()])
    })

    it('answers alike for an address with an account and for one without', async () => {
      const { api, ada, bob } = given()
      const id = await api.createItem(ada, { name: 'Plan' })
      const mutation = `mutation ($id: ID!, $email: String!) {
        shareItem(input: { itemId: $id, email: $email, permission: VIEW }) { share { permission user { id } grantedBy { username } } }
      }`
      const [known, unknown] = [
        await ask(mutation, { id, email: bob.email }, ada),
        await ask(mutation, { id, email: 'nobody@example.com' }, ada),
      ]
      expect(known).toEqual(unknown)
      expect(known.data.shareItem.share).toEqual({
        permission: 'VIEW',
        user: null,
        grantedBy: { username: ada.username },
      })
    })

    it('tells those who see an item of comments on it, and nobody else, until they lose sight of it', async () => {
      const { api, ada, bob } = given()
      const id = await api.createItem(ada, { name: 'Plan' })
      const refused = await api.followComments(id, bob)
      await vi.waitFor(() => expect(refused.errors[0]).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]), soon)
      const share = await shareWith(ada, { itemId: id, username: bob.username, permission: 'COMMENT' })
      const [adas, bobs] = await Promise.all([api.followComments(id, ada), api.followComments(id, bob)])

      const first = await comment(bob, id)
      await comment(ada, id, first)
      await vi.waitFor(() => expect([adas.of(id).length, bobs.of(id).length]).toEqual([2, 2]), soon)
      expect(bobs.of(id)).toEqual(adas.of(id))
      expect(adas.of(id).map((told) => told['comment'])).toEqual([
        { body: 'Hello', author: { username: bob.username }, replyTo: null },
        { body: 'Hello', author: { username: ada.username }, replyTo: { id: first } },
      ])

      await ask('mutation ($id: ID!) { revokeShare(input: { id: $id }) { shareId } }', { id: share.id }, ada)
      await vi.waitFor(() => expect(bobs.isComplete()).toBe(true), soon)
      expect(bobs.of(id).at(-1)).toEqual({ kind: 'REMOVED', itemId: id, commentId: null, item: null, comment: null })
      await comment(ada, id)
      await vi.waitFor(() => expect(adas.of(id)).toHaveLength(3), soon)
      expect([adas.isComplete(), bobs.of(id).length]).toEqual([false, 3])
      await Promise.all([refused.end(), adas.end(), bobs.end()])
    })

    it('keeps a feed of what happened, and tells of it as it grows', async () => {
      const { api, ada, bob } = given()
      const [adas, bobs] = await Promise.all([api.followActivity(ada), api.followActivity(bob)])
      const id = await api.createItem(ada, { name: 'Plan' })
      await shareWith(ada, { itemId: id, username: bob.username, permission: 'COMMENT' })
      await comment(bob, id)

      await vi.waitFor(() => expect([adas.of(id).length, bobs.of(id).length]).toEqual([3, 1]), soon)
      expect(adas.of(id).map(({ kind, activity }) => [kind, activity.actor.username])).toEqual([
        ['ITEM_CREATED', ada.username],
        ['ITEM_SHARED', ada.username],
        ['COMMENT_ADDED', bob.username],
      ])
      expect(bobs.of(id)[0]).toMatchObject({
        kind: 'ITEM_SHARED',
        item: { name: 'Plan' },
        activity: { itemName: 'Plan' },
      })
      const query =
        '{ me { activity(first: 1) { nodes { kind itemId actor { username } comment { body } item { owner { username } } } } } }'
      const { data } = await ask(query, {}, ada)
      expect(data.me.activity.nodes).toEqual([
        {
          kind: 'COMMENT_ADDED',
          itemId: id,
          actor: { username: bob.username },
          comment: { body: 'Hello' },
          item: { owner: { username: ada.username } },
        },
      ])
      await Promise.all([adas.end(), bobs.end()])
    })
  })

  describe('anything by its id', () => {
    it('is found as what it is, with fields of either subgraph, and only by those who may see it', async () => {
      const { api, ada, bob } = given()
      const id = await api.createItem(ada, { name: 'Plan' })
      const commentId = await comment(ada, id)
      const query = `query ($ids: [ID!]!) { nodes(ids: $ids) {
        __typename id
        ... on Item { name owner { username } }
        ... on Comment { body author { username } item { owner { username } } }
        ... on User { username items(first: 1) { nodes { name } } }
      } }`
      const owner = { username: ada.username }
      await vi.waitFor(async () => {
        const { data } = await ask(query, { ids: [ada.id, commentId, id, 'x'] }, ada)
        expect(data.nodes).toEqual([
          { __typename: 'User', id: ada.id, ...owner, items: { nodes: [{ name: 'Plan' }] } },
          { __typename: 'Comment', id: commentId, body: 'Hello', author: owner, item: { owner } },
          { __typename: 'Item', id, name: 'Plan', owner },
          null,
        ])
      }, soon)
      expect((await ask(query, { ids: [id, commentId] }, bob)).data.nodes).toEqual([null, null])

      const one = 'query ($id: ID!) { node(id: $id) { id ... on User { username createdAt } ... on Item { name } } }'
      expect((await ask(one, { id: ada.id }, bob)).data.node).toEqual({
        id: ada.id,
        ...owner,
        createdAt: expect.any(String),
      })
      for (const unknown of [id, 'x', '']) {
        const { data, codes } = await ask(one, { id: unknown }, bob)
        expect([data, codes]).toEqual([{ node: null }, ['NOT_FOUND']])
      }
    })
  })

  describe('a deleted account', () => {
    it('takes its items and comments out of sight until it is restored', async () => {
      const { api, bob } = given()
      const carol = await api.person('carol')
      const id = await api.createItem(carol, { name: 'Plan', visibility: 'PUBLIC' })
      await shareWith(carol, { itemId: id, username: bob.username, permission: 'COMMENT' })
      const bobs = await api.followItem(id, bob)
      const read = async () => (await ask('query ($id: ID!) { item(id: $id) { name } }', { id }, bob)).data.item

      const deleted = await ask(
        'mutation ($password: String!) { deleteMe(password: $password) { __typename } }',
        { password: PASSWORD },
        carol,
      )
      expect(deleted.errors).toBeUndefined()
      await vi.waitFor(async () => expect(await read()).toBeNull(), soon)
      await vi.waitFor(() => expect(bobs.isComplete()).toBe(true), soon)
      expect(bobs.of(id).at(-1)).toEqual({ kind: 'REMOVED', itemId: id, item: null })

      const input = { email: carol.email, password: PASSWORD }
      const restored = await ask('mutation ($input: LoginInput!) { restoreMe(input: $input) { accessToken } }', {
        input,
      })
      expect(restored.errors).toBeUndefined()
      await vi.waitFor(async () => expect(await read()).toEqual({ name: 'Plan' }), soon)
      await bobs.end()
    })
  })

  // A name is known to the subgraph of items a moment after it is registered.
  async function shareWith(who: Person, input: object): Promise<{ id: string }> {
    const mutation = 'mutation ($input: ShareItemInput!) { shareItem(input: $input) { share { id } } }'
    return vi.waitFor(async () => {
      const { data, codes } = await ask(mutation, { input }, who)
      expect(codes).toEqual([])
      return data.shareItem.share
    }, soon)
  }

  async function sharedWith(who: Person): Promise<{ id: string }[]> {
    return (await ask('{ me { sharedWithMe(first: 100) { nodes { id owner { username } } } } }', {}, who)).data.me
      .sharedWithMe.nodes
  }

  async function comment(who: Person, itemId: string, replyTo?: string): Promise<string> {
    const mutation = 'mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } } }'
    const { data, errors } = await ask(mutation, { input: { itemId, body: 'Hello', replyTo } }, who)
    if (errors) throw new Error(JSON.stringify(errors))
    return data.addComment.comment.id
  }
}
