// Searches on a real Postgres: what is found, in which order, and what is shown of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { RANKED_MAX } from './item-list-reader.ts'
import { person, runningItems } from './testing/running-items.ts'
import type { RunningItems } from './testing/running-items.ts'

const ada = person()

let items: RunningItems
beforeAll(async () => void (items = await runningItems()))
afterAll(() => items?.stop())
beforeEach(() => items.empty())

describe('a search', () => {
  it.each<[string, string[]]>([
    ['oscilloscope', ['Tektronix 465 oscilloscope']],
    ['OSCILLOSCOPE tektronix', ['Tektronix 465 oscilloscope']],
    ['oscillo', ['Tektronix 465 oscilloscope']],
    ['oscillo ', []],
    ['lucia', ['Lucía’s book']],
    ['Lucía', ['Lucía’s book']],
    ['slide', ['Slide rule, Aristo', 'Slide rule, Faber']],
    ['slide -faber', ['Slide rule, Aristo']],
    ['faber or oscilloscope', ['Slide rule, Faber', 'Tektronix 465 oscilloscope']],
    ['"rule slide"', []],
    ['"slide rule"', ['Slide rule, Aristo', 'Slide rule, Faber']],
    ['measuring', ['Tektronix 465 oscilloscope']],
    ['trace', ['Tektronix 465 oscilloscope']],
    ['日本語', ['日本語の本']],
    ['ada@example.com', ['Slide rule, Aristo']],
  ])('for %s finds %j', async (search, names) => {
    await insertSome()
    const { nodes, isApproximate } = await find({ search, orderBy: 'NAME_ASC' })
    const found = isApproximate ? [] : nodes.map(({ name }: any) => name)
    expect(found).toEqual(names)
  })

  it('puts what has the words in its name before tags, and those before the description', async () => {
    await insert({ name: 'Third', description: 'has a pen' })
    await insert({ name: 'First pen' })
    await insert({ name: 'Second', tags: ['pen'] })
    const { nodes } = await find({ search: 'pen' })
    expect(nodes.map(({ name }: any) => name)).toEqual(['First pen', 'Second', 'Third'])
  })

  it.each([
    ['osciloscope', 'Tektronix 465 oscilloscope'],
    ['tektronics', 'Tektronix 465 oscilloscope'],
    ['sldie rule aristo', 'Slide rule, Aristo'],
    ['calclator', 'Facit calculator'],
  ])('with a slip of the keyboard finds what looks alike, and says so: %s', async (search, name) => {
    await insertSome()
    const { nodes, isApproximate, totalCount } = await find({ search })
    expect(nodes[0]?.name).toBe(name)
    expect({ isApproximate, totalCount }).toEqual({ isApproximate: true, totalCount: nodes.length })
  })

  it('goes on alike from its cursors', async () => {
    for (let number = 0; number < 9; number += 1) await insert({ name: `Calculator ${number}` })
    const seen: string[] = []
    for (let after: string | null = null; ;) {
      const page = await find({ search: 'calclator', first: 2, after })
      seen.push(...page.nodes.map(({ id }: any) => id))
      expect(page.isApproximate).toBe(true)
      // An item with the very word does not change what the pages are of.
      await insert({ name: 'calclator' })
      if (!page.pageInfo.hasNextPage) break
      after = page.pageInfo.endCursor
    }
    expect(new Set(seen).size).toBe(9)
  })

  it('shows what it found as text, with the words apart', async () => {
    await insert({
      name: '<script>alert("pen")</script> & Pén\u0001\u0002',
      description: `${'word '.repeat(200)}<b onclick=x>pencil</b> ${'more '.repeat(200)}`,
    })
    const { edges } = await find(
      { search: 'pen' },
      '{ edges { snippet { name { text isMatch } description { text isMatch } } } }',
    )
    const { name, description } = edges[0].snippet
    expect(name.map(({ text }: any) => text).join('')).toBe('<script>alert("pen")</script> & Pén')
    expect(name.filter(({ isMatch }: any) => isMatch)).toEqual([
      { text: 'pen', isMatch: true },
      { text: 'Pén', isMatch: true },
    ])
    expect(description.filter(({ isMatch }: any) => isMatch)).toEqual([{ text: 'pencil', isMatch: true }])
    expect(description.map(({ text }: any) => text).join('').length).toBeLessThan(400)
    expect((await find({ search: null }, '{ edges { snippet { name { text } } } }')).edges).toEqual([{ snippet: null }])
  })

  it('shows the words of a description, not its Markdown', async () => {
    await insert({
      name: 'Pen',
      description: [
        '## Before the **pencil**, ~~new~~ `old`',
        '- see [the maker](https://example.com/a_b) and ![a pen](pen.png)',
        '1. 2 * 3 > 5 in snake_case [sic]',
        '| a | b |',
        '|---|:-:|',
        '> quoted',
      ].join('\n'),
    })
    const { edges } = await find({ search: 'pencil' }, '{ edges { snippet { description { text isMatch } } } }')
    const { description } = edges[0].snippet
    expect(description.filter(({ isMatch }: any) => isMatch)).toEqual([{ text: 'pencil', isMatch: true }])
    expect(
      description
        .map(({ text }: any) => text)
        .join('')
        .replace(/\s+/g, ' '),
    ).toBe('Before the pencil, new old see the maker and a pen 2 * 3 > 5 in snake_case [sic] a b quoted')
  })

  it.each([
    '!!!',
    '"',
    "'",
    ':*',
    '&',
    '|',
    '((',
    '-',
    '--',
    '" "',
    'or',
    'or or',
    '\\',
    '%',
    '_',
    '<->',
    '\n',
    "a':*",
    'a\u0001b',
    '‮',
    '😀',
    'a'.repeat(200),
    '"'.repeat(200),
    '- '.repeat(100),
    `'${'x'.repeat(50)}`,
    'pen:A',
    'https://a.b/c?d=e&f',
    '1e400',
  ])('is safe whatever is typed: %j', async (search) => {
    await insertSome()
    for (const orderBy of [null, 'NAME_DESC', 'CREATED_ASC']) {
      const { nodes } = await find(
        { search, orderBy },
        '{ nodes { name } edges { snippet { name { text } } } totalCount }',
      )
      expect(nodes.length).toBeLessThan(8)
    }
  })

  it('is safe whatever signs stand in it, in whatever order', async () => {
    await insertSome()
    const signs = [
      '- ',
      '-',
      '-"',
      '"',
      'or ',
      'a ',
      '"c d" ',
      ' -',
      "'",
      '(',
      ':',
      '\\',
      '!',
      '&',
      '|',
      'x-y',
      '—',
      '@',
    ]
    const random = (below: number) => Math.floor(Math.random() * below)
    for (let round = 0; round < 150; round += 1) {
      const some = signs.filter(() => random(4) === 0)
      const search = Array.from({ length: 60 }, () => some[random(some.length)] ?? '')
        .join('')
        .slice(0, 200)
      const { codes } = await items.ask('query($search: String) { items(search: $search) { totalCount } }', {
        variables: { search },
      })
      expect(['', 'items BAD_USER_INPUT search'], JSON.stringify(search)).toContain(codes.join())
    }
  })

  it('never finds, counts or shows what the reader may not see', async () => {
    await insert({ name: 'Secret pen', visibility: 'PRIVATE' })
    for (const search of ['secret', 'secrte', 'pen']) {
      expect(await find({ search }, '{ nodes { id } totalCount isApproximate }')).toMatchObject({
        nodes: [],
        totalCount: 0,
      })
      expect((await find({ search }, '{ nodes { name } }', ada)).nodes).toHaveLength(1)
    }
  })

  it('for words that thousands of items have answers with the newest, and goes on with them', async () => {
    await items.sql`
      insert into items (owner_id, name, visibility, created_at)
      select ${ada.subject}, 'Common ' || n, 'PUBLIC', now() - n * interval '1 s' from generate_series(1, ${RANKED_MAX + 10}) n`
    const first = await find({ search: 'common', first: 3 })
    const second = await find({ search: 'common', first: 3, after: first.pageInfo.endCursor })
    const names = [...first.nodes, ...second.nodes].map(({ name }: any) => name)
    expect(names).toEqual([1, 2, 3, 4, 5, 6].map((number) => `Common ${number}`))
    expect(first.totalCount).toBe(RANKED_MAX + 10)
  })

  it('takes descriptions of 50,000 characters, all of them different words', async () => {
    const words = Array.from({ length: 16_000 }, (_, number) => String.fromCodePoint(0x4e00 + number))
    const { codes } = await items.ask(
      'mutation($input: CreateItemInput!) { createItem(input: $input) { item { id } } }',
      { variables: { input: { name: 'Words', description: words.join(' '), visibility: 'PUBLIC' } }, identity: ada },
    )
    expect(codes).toEqual([])
    expect((await find({ search: words[15_999] })).nodes).toEqual([expect.objectContaining({ name: 'Words' })])
  })
})

async function find(
  args: object,
  selection = '{ nodes { id name } isApproximate totalCount pageInfo { hasNextPage endCursor } }',
  identity: Identity = ANONYMOUS,
) {
  const query = `query($search: String, $first: Int, $after: String, $orderBy: ItemOrder) {
    items(search: $search, first: $first, after: $after, orderBy: $orderBy) ${selection} }`
  const { data, codes } = await items.ask(query, { variables: { ...args }, identity })
  expect(codes).toEqual([])
  return data.items
}

async function insert(row: { name: string; description?: string; tags?: string[]; visibility?: string }) {
  const { name, description = null, tags = [], visibility = 'PUBLIC' } = row
  await items.sql`insert into items (owner_id, name, description, tags, visibility)
    values (${ada.subject}, ${name}, ${description}, ${tags}, ${visibility})`
}

async function insertSome() {
  await insert({ name: 'Tektronix 465 oscilloscope', description: 'The trace is sharp again.', tags: ['measuring'] })
  await insert({ name: 'Slide rule, Faber', description: 'The prettiest object in the drawer.' })
  await insert({ name: 'Slide rule, Aristo', description: 'Ask ada@example.com' })
  await insert({ name: 'Facit calculator' })
  await insert({ name: 'Lucía’s book' })
  await insert({ name: '日本語の本', description: '日本語' })
}
