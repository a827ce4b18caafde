// Runs a document on graphql-js and on the host's way, and expects the same answer.
import { execute, parse } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { expect } from 'vitest'
import { documentCompiler } from '../compiled-documents.ts'
import { makeLog } from '../log.ts'
import { publicErrors } from '../public-errors.ts'
import { librarySchema } from './library.ts'

const reference = librarySchema()
const compiled = documentCompiler(librarySchema())
const log = makeLog('test', 'silent')

type Variables = Readonly<Record<string, unknown>>

/**
 * Expects the same data, and the same errors by path and code.
 *
 * @returns why the document was left to graphql-js, null for one that graphql-jit compiled
 */
export async function expectSameAnswer(text: string, variables: Variables = {}): Promise<string | null> {
  const { document, ours, theirs } = await bothAnswers(text, variables)
  expect(errorsOf(ours), text).toEqual(errorsOf(theirs))
  return document.interpretedBecause
}

/**
 * The same, for documents in which several fields below one null may fail: which of them each engine reports is a
 * matter of timing, so that there only the null counts.
 */
export async function expectSameNulls(text: string, variables: Variables): Promise<string | null> {
  const { document, ours, theirs } = await bothAnswers(text, variables)
  expect(errorsByNull(ours), text).toEqual(errorsByNull(theirs))
  return document.interpretedBecause
}

async function bothAnswers(text: string, variables: Variables) {
  const document = compiled(text, null)
  const theirs = await execute({ schema: reference, document: parse(text), variableValues: variables })
  const ours = await document.run({}, variables)
  expect(asRead(ours.data), text).toEqual(asRead(theirs.data))
  return { document, ours, theirs }
}

/** Data as clients read it. */
const asRead = (data: unknown) => JSON.parse(JSON.stringify(data)) as unknown

export function errorsOf({ errors = [] }: ExecutionResult): string[] {
  const formatted = publicErrors(errors, { requestId: '', operationName: null, log })
  return formatted.map(({ path = [], extensions }) => `${path.join('.')} ${extensions?.['code']}`).sort()
}

function errorsByNull({ data, errors = [] }: ExecutionResult): Record<string, unknown> {
  const formatted = publicErrors(errors, { requestId: '', operationName: null, log })
  return Object.fromEntries(
    formatted.map(({ path = [], extensions }) => {
      const place = placeOfNull(data, path)
      return [place.join('.'), place.length < path.length ? 'failed below' : extensions?.['code']]
    }),
  )
}

function placeOfNull(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let depth = 0
  for (let value = data; value !== null && depth < path.length; depth += 1) {
    value = (value as Record<string | number, unknown>)[path[depth]!]
  }
  return path.slice(0, depth)
}
