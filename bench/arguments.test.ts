import { describe, expect, it } from 'vitest'
import { ArgumentError, readArguments } from './arguments.ts'

describe('the bench', () => {
  it('measures everything whole unless told otherwise', () => {
    expect(readArguments([])).toEqual({
      parts: ['start', 'one-request', 'gateway', 'end-to-end', 'subscriptions', 'logins'],
      rounds: 6,
      turnMs: 2_000,
      queries: ['small', 'large'],
      only: null,
      profile: null,
      isQuick: false,
      isWhole: true,
    })
  })

  it('takes a part alone for the whole of that part', () => {
    expect(readArguments(['gateway'])).toMatchObject({ parts: ['gateway'], isWhole: true })
  })

  it.each([[['--quick']], [['--rounds', '3']], [['--seconds', '0.5']], [['--query', 'small']], [['--only', 'apollo']]])(
    'does not take %j for the whole',
    (args) => {
      expect(readArguments(args).isWhole).toBe(false)
    },
  )

  it.each([[['gatewy']], [['--query', 'medium']], [['--rounds', '1']], [['--seconds', 'two']], [['--fast']]])(
    'refuses %j',
    (args) => {
      expect(() => readArguments(args)).toThrow(ArgumentError)
    },
  )
})
