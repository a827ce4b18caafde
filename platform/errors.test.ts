import { GraphQLError } from 'graphql'
import { expect, it } from 'vitest'
import { ApiError } from './errors.ts'

it('tells clients its message, its code and what field it is about', () => {
  const error = new ApiError('BAD_USER_INPUT', 'Too long.', { field: 'name', cause: new Error('inside') })
  expect(error).toBeInstanceOf(GraphQLError)
  expect(error.toJSON()).toEqual({ message: 'Too long.', extensions: { code: 'BAD_USER_INPUT', field: 'name' } })
  expect(new ApiError('NOT_FOUND', 'None.').toJSON()).toEqual({ message: 'None.', extensions: { code: 'NOT_FOUND' } })
})

it('keeps its cause for the log', () => {
  const cause = new Error('inside')
  expect(new ApiError('NOT_FOUND', 'None.', { cause }).originalError).toBe(cause)
  expect(new ApiError('NOT_FOUND', 'None.', { cause: 'text' }).originalError).toBeUndefined()
})
