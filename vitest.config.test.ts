import { createRequire } from 'node:module'
import { GraphQLObjectType, isObjectType } from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import { expect, it } from 'vitest'

const loadAsDependenciesDo = createRequire(import.meta.url)

it('loads one copy of graphql, whichever way it is imported', () => {
  const graphql = loadAsDependenciesDo('graphql')

  expect(GraphQLObjectType).toBe(graphql.GraphQLObjectType)
  expect(isObjectType(new graphql.GraphQLObjectType({ name: 'Thing', fields: {} }))).toBe(true)
  expect(getVariableValues).toBe(loadAsDependenciesDo('graphql/execution/values').getVariableValues)
})
