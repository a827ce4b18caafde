// Comments and feeds, on a real Postgres.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { account } from './testing/accounts-source.ts'
import { person, runningItems } from './testing/running-items.ts'
import type { Person, RunningItems } from './testing/running-items.ts'
import { socialActions } from './testing/social-actions.ts'

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000'

let items: RunningItems
let act: ReturnType<typeof socialActions>
let ada: Person
let bob: Person
let carol: Person
let itemId: string

beforeAll(async () => {
  items = await runningItems()
  act = socialActions(items)
})
afterAll(() => items?.stop())
beforeEach(async () => {
  await items.empty()
  ;[ada, bob, carol] = [person(), person(), person()]
  await act.know(...[ada, bob, carol].map(({ subject }, n) => account(subject, { username: `person-${n}` })))
  itemId = await act.create(ada)
  await act.share(ada, { itemId, username: 'person-1', permission: 'COMMENT' })
  await act.share(ada, { itemId, username: 'person-2', permission: 'VIEW' })
})

const page = 'nodes { id body } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount'

async function comments(args = '', id = itemId, who: Person = ada) {
  const { data, codes } = await items.ask(`query($id: ID!) { item(id: $id) { comments${args} { ${page} } } }`, {
    variables: { id },
    identity: who,
  })
  return { codes, ...data.item?.comments }
}

describe('addComment', () => {
  it('is told to those who follow the item, and stands there for all who see it', async () => {
    await items.sql`truncate outbox`
    const { data } = await act.addComment(bob, { itemId, body: ' # Hello 😀 ' })
    const { comment } = data.addComment
    expect(comment).toMatchObject({
      body: ' # Hello 😀 ',
      author: { id: bob.subject },
      item: { id: itemId },
      replyTo: null,
      editedAt: null,
      viewerCanEdit: true,
      viewerCanDelete: true,
    })
    expect((await comments('', itemId, carol)).nodes).toEqual([{ id: comment.id, body: ' # Hello 😀 ' }])
    const [told] = await items.sql`select event from outbox where channels = array[${`comments:${itemId}`}]`
    expect(told?.['event'].commentAdded).toEqual({
      __typename: 'CommentEvent',
      kind: 'ADDED',
      itemId,
      commentId: comment.id,
      item: { __typename: 'Item', id: itemId },
      comment: { __typename: 'Comment', id: comment.id },
    })
  })

  it('replies one level deep: a reply to a reply stands under the same comment', async () => {
    const first = await act.comment(bob, itemId)
    const reply = await act.comment(ada, itemId, { replyTo: first })
    const { data } = await act.addComment(bob, { itemId, replyTo: reply })
    expect(data.addComment.comment.replyTo).toEqual({ id: first })
    const query =
      'query($id: ID!) { item(id: $id) { comments { totalCount nodes { id replies { totalCount nodes { id replyTo { id } replies { nodes { id } } } } } } } }'
    const { data: read } = await items.ask(query, { variables: { id: itemId }, identity: bob })
    const none = { replyTo: { id: first }, replies: { nodes: [] } }
    expect(read.item.comments).toEqual({
      totalCount: 1,
      nodes: [
        {
          id: first,
          replies: {
            totalCount: 2,
            nodes: [
              { id: reply, ...none },
              { id: data.addComment.comment.id, ...none },
            ],
          },
        },
      ],
    })
  })

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['10,001 characters', 'a'.repeat(10_001)],
    ['a megabyte', 'a'.repeat(1_000_000)],
    ['a NUL byte', 'a\0'],
    ['half a surrogate pair', '\ud800'],
  ])('refuses %s as BAD_USER_INPUT', async (_what, body) => {
    expect((await act.addComment(bob, { itemId, body })).codes).toEqual(['addComment BAD_USER_INPUT body'])
    const id = await act.comment(bob, itemId)
    expect((await act.editComment(bob, id, body as string)).codes).toEqual(['editComment BAD_USER_INPUT body'])
  })

  it('takes 10,000 characters of any kind', async () => {
    const body = '😀'.repeat(10_000)
    expect((await act.addComment(bob, { itemId, body })).data.addComment.comment.body).toBe(body)
  })

  it.each(['x', '', '\0', '\ud800', UNKNOWN_ID])('refuses to reply to what is not there: %j', async (replyTo) => {
    expect((await act.addComment(bob, { itemId, replyTo })).codes).toEqual(['addComment BAD_USER_INPUT replyTo'])
  })

  it('refuses to reply to a comment on another item, be it one that nobody else sees', async () => {
    const other = await act.comment(ada, await act.create(ada))
    expect((await act.addComment(bob, { itemId, replyTo: other })).codes).toEqual(['addComment BAD_USER_INPUT replyTo'])
  })

  it.each(['x', '', '\0', UNKNOWN_ID])('on what is not there is NOT_FOUND: %j', async (id) => {
    expect((await act.addComment(bob, { itemId: id })).codes).toEqual(['addComment NOT_FOUND'])
    expect((await act.editComment(bob, id)).codes).toEqual(['editComment NOT_FOUND'])
    expect((await act.deleteComment(bob, id)).codes).toEqual(['deleteComment NOT_FOUND'])
  })

  it('races with the deletion of the item: what was said was said before', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await act.create(ada)
      const [added] = await Promise.all([
        act.addComment(ada, { itemId: id }),
        items.ask('mutation($id: ID!) { deleteItem(input: { id: $id }) { itemId } }', {
          variables: { id },
          identity: ada,
        }),
      ])
      const told =
        await items.sql`select event->'commentAdded'->>'kind' as kind from outbox where ${`comments:${id}`} = any(channels) order by id`
      expect(told.map(({ kind }) => kind)).toEqual(added.codes.length > 0 ? ['REMOVED'] : ['ADDED', 'REMOVED'])
    }
  })
})

describe('a comment', () => {
  it('is changed by its author, who is told that it was', async () => {
    const id = await act.comment(bob, itemId)
    const { data } = await act.editComment(bob, id, 'Better')
    expect(data.editComment.comment).toEqual({ id, body: 'Better', editedAt: expect.any(String), viewerCanEdit: true })
    for (const who of [ada, carol]) expect((await act.editComment(who, id)).codes).toEqual(['editComment FORBIDDEN'])
    expect((await comments()).nodes).toEqual([{ id, body: 'Better' }])
  })

  it('is deleted by its author, by the owner of the item and by moderators, and by nobody else', async () => {
    const moderator = person(['items:read', 'comments:moderate'])
    await act.know(account(moderator.subject, { username: 'moderator' }))
    const [one, two, three] = [
      await act.comment(bob, itemId),
      await act.comment(bob, itemId),
      await act.comment(bob, itemId),
    ]
    expect((await act.deleteComment(carol, one)).codes).toEqual(['deleteComment FORBIDDEN'])
    // Whom it is not shared with sees neither, moderator or not.
    for (const who of [moderator, person()])
      expect((await act.deleteComment(who, one)).codes).toEqual(['deleteComment NOT_FOUND'])
    await act.share(ada, { itemId, username: 'moderator', permission: 'VIEW' })

    expect((await act.deleteComment(bob, one)).data).toEqual({ deleteComment: { commentId: one } })
    expect((await act.deleteComment(ada, two)).codes).toEqual([])
    expect((await act.deleteComment(moderator, three)).codes).toEqual([])
    expect(await comments()).toMatchObject({ nodes: [], totalCount: 0 })
    expect((await act.deleteComment(bob, one)).codes).toEqual(['deleteComment NOT_FOUND'])
    expect((await act.editComment(bob, one)).codes).toEqual(['editComment NOT_FOUND'])
  })

  it('that was deleted stands there for its replies and says nothing, and goes with the last of them', async () => {
    const id = await act.comment(bob, itemId)
    const replies = [await act.comment(ada, itemId, { replyTo: id }), await act.comment(bob, itemId, { replyTo: id })]
    await act.deleteComment(bob, id)
    const query = `query($id: ID!) { item(id: $id) { comments { nodes {
      id body author { id } deletedAt viewerCanEdit viewerCanDelete replies { totalCount }
    } } } }`
    const read = async () =>
      (await items.ask(query, { variables: { id: itemId }, identity: bob })).data.item.comments.nodes
    const silent = {
      id,
      body: null,
      author: null,
      deletedAt: expect.any(String),
      viewerCanEdit: false,
      viewerCanDelete: false,
    }
    expect(await read()).toEqual([{ ...silent, replies: { totalCount: 2 } }])
    expect((await act.editComment(bob, id)).codes).toEqual(['editComment NOT_FOUND'])
    expect((await act.deleteComment(ada, id)).codes).toEqual(['deleteComment NOT_FOUND'])
    expect(await items.sql`select body from comments where id = ${id}`).toEqual([{ body: '' }])

    await act.deleteComment(ada, replies[0]!)
    await act.deleteComment(bob, replies[1]!)
    expect(await read()).toEqual([])
    expect(await items.sql`select count(*)::int as rows from comments`).toEqual([{ rows: 0 }])
  })

  it('is out of sight with its item', async () => {
    const id = await act.comment(bob, itemId)
    const query =
      'query($id: ID!, $r: [_Any!]!) { node(id: $id) { id } _entities(representations: $r) { ... on Comment { body } } }'
    const read = (who: Person) =>
      items.ask(query, { variables: { id, r: [{ __typename: 'Comment', id }] }, identity: who })
    expect((await read(carol)).data).toEqual({ node: { id }, _entities: [{ body: 'Hello' }] })
    expect((await read(person())).data).toEqual({ node: null, _entities: [null] })
    const [shareOfBob] = await act.sharesOf(ada, itemId)
    await act.revoke(ada, shareOfBob.id)
    expect((await read(bob)).data).toEqual({ node: null, _entities: [null] })
    expect((await act.editComment(bob, id)).codes).toEqual(['editComment NOT_FOUND'])
    expect((await act.deleteComment(bob, id)).codes).toEqual(['deleteComment NOT_FOUND'])
  })
})

describe('pages of comments', () => {
  it('go both ways between cursors, and say what is beyond them', async () => {
    const ids: string[] = []
    for (let n = 0; n < 5; n++) ids.push(await act.comment(bob, itemId))
    const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => ids.indexOf(id))
    const first = await comments('(first: 2)')
    expect([
      idsOf(first as never),
      first.pageInfo.hasNextPage,
      first.pageInfo.hasPreviousPage,
      first.totalCount,
    ]).toEqual([[0, 1], true, false, 5])
    const second = await comments(`(first: 2, after: "${first.pageInfo.endCursor}")`)
    expect([idsOf(second as never), second.pageInfo.hasNextPage, second.pageInfo.hasPreviousPage]).toEqual([
      [2, 3],
      true,
      true,
    ])
    const last = await comments('(last: 2)')
    expect([idsOf(last as never), last.pageInfo.hasNextPage, last.pageInfo.hasPreviousPage]).toEqual([
      [3, 4],
      false,
      true,
    ])
    const before = await comments(`(last: 3, before: "${last.pageInfo.startCursor}")`)
    expect([idsOf(before as never), before.pageInfo.hasNextPage, before.pageInfo.hasPreviousPage]).toEqual([
      [0, 1, 2],
      true,
      false,
    ])
  })

  it.each(['(first: 0)', '(first: -1)', '(first: 101)', '(first: 1, last: 1)', '(after: "x")', '(before: "")'])(
    'refuse %s',
    async (args) => {
      const { codes } = await comments(args)
      expect(codes).toEqual([expect.stringMatching(/^item\.comments BAD_USER_INPUT (first|last|after|before)$/)])
    },
  )

  it('refuse a cursor of the comments on another item', async () => {
    await act.comment(bob, itemId)
    const other = await act.create(ada)
    const { pageInfo } = await comments()
    expect((await comments(`(after: "${pageInfo.endCursor}")`, other)).codes).toEqual([
      'item.comments BAD_USER_INPUT after',
    ])
  })

  it('take as many statements for the threads of a hundred items as for that of one', async () => {
    await items.sql`
      with made as (insert into items (owner_id, name, visibility) select ${ada.subject}, 'x', 'PUBLIC' from generate_series(1, 100) returning id),
      said as (insert into comments (item_id, author_id, body) select id, gen_random_uuid(), 'x' from made, generate_series(1, 3) returning id, item_id)
      insert into comments (item_id, parent_id, author_id, body) select item_id, id, gen_random_uuid(), 'y' from said, generate_series(1, 3)`
    const count = async (first: number) => {
      items.statements.length = 0
      const { data } = await items.ask(
        `query($first: Int!) { items(first: $first, orderBy: CREATED_DESC) { nodes { owner { id } comments(first: 2) { totalCount pageInfo { hasNextPage }
           nodes { body author { id } item { name } viewerCanDelete replies(first: 2) { totalCount nodes { body author { id } replyTo { id } } } } } } } }`,
        { variables: { first }, identity: ada },
      )
      expect(data.items.nodes).toHaveLength(first)
      expect(data.items.nodes[0].comments).toMatchObject({ totalCount: 3, nodes: [{ replies: { totalCount: 3 } }, {}] })
      return items.statements.length
    }
    expect(await count(100)).toBe(await count(1))
    expect(items.statements.length).toBeLessThanOrEqual(7)
  })
})

describe('a feed', () => {
  it("tells what happened to one's items and what is shared with one, the newest first", async () => {
    const id = await act.comment(bob, itemId)
    const reply = await act.comment(ada, itemId, { replyTo: id })
    await act.deleteComment(ada, id)
    const brief = (feed: Awaited<ReturnType<typeof act.feedOf>>) =>
      feed.map(({ kind, actor, permission, comment }) => [kind, actor.id, permission, comment?.id ?? null])
    expect(brief(await act.feedOf(ada))).toEqual([
      ['COMMENT_DELETED', ada.subject, null, id],
      ['COMMENT_ADDED', ada.subject, null, reply],
      ['COMMENT_ADDED', bob.subject, null, id],
      ['ITEM_SHARED', ada.subject, 'VIEW', null],
      ['ITEM_SHARED', ada.subject, 'COMMENT', null],
      ['ITEM_CREATED', ada.subject, null, null],
    ])
    expect(brief(await act.feedOf(bob))).toEqual([
      ['COMMENT_DELETED', ada.subject, null, id],
      ['COMMENT_ADDED', ada.subject, null, reply],
      ['ITEM_SHARED', ada.subject, 'COMMENT', null],
    ])
    expect(brief(await act.feedOf(carol))).toEqual([['ITEM_SHARED', ada.subject, 'VIEW', null]])
  })

  it('keeps what happened when the item is no longer to be seen, without showing it', async () => {
    const [share] = await act.sharesOf(ada, itemId)
    await act.comment(ada, itemId, { replyTo: await act.comment(bob, itemId) })
    await act.revoke(ada, share.id)
    const feed = await act.feedOf(bob)
    expect(feed.map(({ kind, item, comment, itemName }) => [kind, item, comment, itemName])).toEqual([
      ['SHARE_REVOKED', null, null, 'Pen'],
      ['COMMENT_ADDED', null, null, 'Pen'],
      ['ITEM_SHARED', null, null, 'Pen'],
    ])
  })

  it('is told of as it grows, to its person alone', async () => {
    await items.sql`truncate outbox`
    await act.comment(bob, itemId)
    const told = await items.sql`select channels, event->'activity' as told from outbox where event ? 'activity'`
    const [newest] = await act.feedOf(ada)
    expect(told).toMatchObject([
      {
        channels: [`activity:${ada.subject}`],
        told: {
          __typename: 'ActivityEvent',
          kind: 'COMMENT_ADDED',
          activityId: newest!['id'],
          itemId,
          activity: { __typename: 'Activity', id: newest!['id'] },
        },
      },
    ])
  })

  it('is for its person alone, whichever way it is asked for', async () => {
    const [mine] = await act.feedOf(ada)
    const query = `query($id: ID!, $owner: ID!, $r: [_Any!]!) {
      node(id: $id) { id } activities: _entities(representations: $r) { ... on Activity { kind } }
      people: _entities(representations: [{ __typename: "User", id: "${ada.subject}" }]) { ... on User { activity { nodes { id } } } }
      items(filter: { ownerId: $owner }) { totalCount }
    }`
    const variables = { id: mine!['id'], owner: ada.subject, r: [{ __typename: 'Activity', id: mine!['id'] }] }
    const { data, codes } = await items.ask(query, { variables, identity: bob })
    expect([data.node, data.activities, data.people]).toEqual([null, [null], [{ activity: null }]])
    expect(codes.toSorted()).toEqual(['node NOT_FOUND', 'people.0.activity FORBIDDEN'])
    expect((await items.ask(query, { variables, identity: ada })).data).toMatchObject({
      node: { id: mine!['id'] },
      activities: [{ kind: mine!['kind'] }],
    })
  })

  it('comes in pages both ways, with as many statements for a hundred as for one', async () => {
    await items.sql`
      with made as (insert into items (owner_id, name, visibility) select gen_random_uuid(), 'x', 'PUBLIC' from generate_series(1, 120) returning id),
      said as (insert into comments (item_id, author_id, body) select id, gen_random_uuid(), 'x' from made returning id, item_id)
      insert into activities (user_id, kind, actor_id, item_id, item_name, comment_id)
      select ${bob.subject}, 'COMMENT_ADDED', gen_random_uuid(), item_id, 'x', id from said`
    const read = async (args: string) => {
      items.statements.length = 0
      const { data, codes } = await items.ask(
        `query($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { activity${args} {
           totalCount nodes { id actor { id } item { name owner { id } } comment { body author { id } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
         } } } }`,
        { variables: { id: bob.subject }, identity: bob },
      )
      expect(codes).toEqual([])
      return { ...data._entities[0].activity, statements: items.statements.length }
    }
    const [one, hundred] = [await read('(first: 1)'), await read('(first: 100)')]
    expect([one.statements, hundred.statements, hundred.nodes.length, hundred.totalCount]).toEqual([4, 4, 100, 121])
    expect([hundred.pageInfo.hasNextPage, hundred.pageInfo.hasPreviousPage]).toEqual([true, false])
    const rest = await read(`(first: 100, after: "${hundred.pageInfo.endCursor}")`)
    expect([rest.nodes.length, rest.pageInfo.hasNextPage, rest.pageInfo.hasPreviousPage]).toEqual([21, false, true])
    const back = await read(`(last: 100, before: "${rest.pageInfo.startCursor}")`)
    expect(back.nodes.map(({ id }: { id: string }) => id)).toEqual(hundred.nodes.map(({ id }: { id: string }) => id))
    expect([back.pageInfo.hasNextPage, back.pageInfo.hasPreviousPage]).toEqual([true, false])
  })
})
