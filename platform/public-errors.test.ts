import { GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ApiError } from './errors.ts'
import { makeLog } from './log.ts'
import { publicErrors } from './public-errors.ts'

describe('an error meant for clients', () => {
  it('passes with its code, its field and its path', () => {
    const { shown, lines } = publish([
      located(new ApiError('BAD_USER_INPUT', 'Too long.', { field: 'name' }), ['a', 0]),
    ])
    expect(shown).toEqual([
      { message: 'Too long.', path: ['a', 0], extensions: { code: 'BAD_USER_INPUT', field: 'name' } },
    ])
    expect(lines).toEqual([])
  })

  it.each([new Error('inside'), new GraphQLError('inside'), new ApiError('CONFLICT', 'inside')])(
    'keeps its cause to itself: %s',
    (cause) => {
      const { shown } = publish([located(new ApiError('NOT_FOUND', 'None.', { cause }), ['a'])])
      expect(shown).toEqual([{ message: 'None.', path: ['a'], extensions: { code: 'NOT_FOUND' } }])
    },
  )

  it('may be an argument that is null against its type', () => {
    const nulled = new GraphQLError('Argument "first" of non-null type "Int!" must not be null.', { path: ['items'] })
    expect(publish([nulled]).shown).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'first' } }])
  })
})

describe('any other error', () => {
  it.each<[string, Error]>([
    ['thrown by a library', located(new TypeError('x of undefined'), ['a'])],
    ['with a code of a library', located(Object.assign(new Error('secret'), { extensions: { code: 'PG' } }), ['a'])],
    ['of the engine', new GraphQLError('Cannot return null for non-nullable field A.a.', { path: ['a'] })],
    ['raised as internal', located(new ApiError('INTERNAL_SERVER_ERROR', 'secret'), ['a'])],
  ])('is masked when it is %s, and logged', (_what, error) => {
    const { shown, lines } = publish([error])
    expect(shown).toEqual([
      {
        message: expect.not.stringContaining('secret') as string,
        path: ['a'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' },
      },
    ])
    expect(lines).toMatchObject([{ level: 'error', requestId: 'r1', operationName: 'Q', path: ['a'] }])
    expect(lines[0]?.err.stack).toContain('public-errors.test.ts')
  })

  it('is TIMEOUT when Postgres has cancelled a statement, and no error of ours', () => {
    const cancelled = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' })
    const { shown, lines } = publish([located(new Error('Failed query', { cause: cancelled }), ['items'])])
    expect(shown).toEqual([
      { message: expect.not.stringContaining('statement') as string, path: ['items'], extensions: { code: 'TIMEOUT' } },
    ])
    expect(lines).toMatchObject([{ level: 'warn', requestId: 'r1' }])
  })

  it('is logged once when it fails many fields', () => {
    const cause = new Error('the database is away')
    const errors = [0, 1, 2].map((index) => located(cause, ['users', index]))
    const { shown, lines } = publish([...errors, located(new Error('another'), ['me'])])
    expect(shown).toHaveLength(4)
    expect(lines.map(({ err }) => err.message)).toEqual(['the database is away', 'another'])
  })
})

/** As an engine reports what a resolver threw. */
function located(originalError: Error, path: (string | number)[]): GraphQLError {
  return new GraphQLError(originalError.message, { originalError, path })
}

function publish(errors: readonly Error[]) {
  const lines: { level: string; err: { message: string; stack: string } }[] = []
  const log = makeLog('test', 'debug', { write: (line) => void lines.push(JSON.parse(line)) })
  return { shown: publicErrors(errors, { requestId: 'r1', operationName: 'Q', log }), lines }
}
