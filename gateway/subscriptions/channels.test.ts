import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { followedChannels, readChannels } from './channels.ts'

const ada = { ...ANONYMOUS, subject: 'ada' }

describe('readChannels', () => {
  it('reads every rule of a field, and no field without one', () => {
    const rules = channels(`
      a: Int @channel(name: "public", source: "s", when: "scope=PUBLIC") @channel(name: "mine", source: "s")
      b: Int`)

    expect([...rules]).toEqual([
      [
        'a',
        [
          { name: 'public', source: 's', when: 'scope=PUBLIC' },
          { name: 'mine', source: 's' },
        ],
      ],
    ])
  })

  it('refuses a field with two sources: their events have no common order', () => {
    expect(() => channels('a: Int @channel(name: "x", source: "s") @channel(name: "x", source: "t")')).toThrow(
      /sources/,
    )
  })

  it('refuses a condition it cannot read', () => {
    expect(() => channels('a: Int @channel(name: "x", source: "s", when: "scope")')).toThrow(/argument=VALUE/)
  })
})

describe('followedChannels', () => {
  it('fills in arguments and the subscriber', () => {
    const rules = [
      { name: 'item:{args.id}', source: 's' },
      { name: 'viewer:{identity.sub}', source: 's' },
    ]

    expect(followedChannels(rules, { id: '7' }, ada)).toMatchObject({ source: 's', names: ['item:7', 'viewer:ada'] })
  })

  it('leaves out rules whose condition does not hold', () => {
    const rules = [
      { name: 'public', source: 's', when: 'scope=PUBLIC' },
      { name: 'owner:{identity.sub}', source: 's', when: 'scope=MINE' },
    ]

    expect(followedChannels(rules, { scope: 'PUBLIC' }, ANONYMOUS).names).toEqual(['public'])
    expect(followedChannels(rules, { scope: 'MINE' }, ada).names).toEqual(['owner:ada'])
  })

  it('knows whether any of them is one person’s', () => {
    const rules = [
      { name: 'public', source: 's', when: 'scope=PUBLIC' },
      { name: 'owner:{identity.sub}', source: 's', when: 'scope=MINE' },
    ]

    expect(followedChannels(rules, { scope: 'PUBLIC' }, ada).isPersonal).toBe(false)
    expect(followedChannels(rules, { scope: 'MINE' }, ada).isPersonal).toBe(true)
  })

  it('refuses the channel of a person to somebody who is not signed in', () => {
    expect(() => followedChannels([{ name: 'owner:{identity.sub}', source: 's' }], {}, ANONYMOUS)).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) }),
    )
  })
})

function channels(fields: string) {
  return readChannels(
    buildSchema(`
      directive @channel(name: String!, source: String!, when: String) repeatable on FIELD_DEFINITION
      type Query { a: Int }
      type Subscription { ${fields} }`),
  )
}
