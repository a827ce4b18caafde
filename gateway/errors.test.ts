import { describe, expect, it } from 'vitest'
import { publicError } from './errors.ts'

describe('publicError', () => {
  it('passes on a code meant for clients, with its message, place and details', () => {
    const error = { message: 'Taken.', path: ['register'], extensions: { code: 'CONFLICT', field: 'email' } }

    expect(publicError(error)).toEqual(error)
  })

  it("passes on a code of somebody else's subgraph", () => {
    expect(publicError({ message: 'Sold out.', extensions: { code: 'SOLD_OUT' } }).extensions).toEqual({
      code: 'SOLD_OUT',
    })
  })

  it.each([{}, { code: 'INTERNAL_SERVER_ERROR' }, { code: 'DOWNSTREAM_SERVICE_ERROR' }, { code: 7 }])(
    'hides an error with %j, and gives the id that finds it in the log',
    (extensions) => {
      expect(publicError({ message: 'connect ECONNREFUSED 10.0.0.7', path: ['a'], extensions }, 'r1')).toEqual({
        message: 'Something went wrong on our side.',
        path: ['a'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' },
      })
    },
  )

  it('takes out what tells of the inside', () => {
    const extensions = { code: 'NOT_FOUND', serviceName: 'films', stacktrace: ['at …'], http: { status: 500 } }

    expect(publicError({ message: 'Gone.', extensions }).extensions).toEqual({ code: 'NOT_FOUND' })
  })
})
