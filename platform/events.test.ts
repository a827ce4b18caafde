import { expect, it } from 'vitest'
import { feedUrl, readFeedRequest } from './events.ts'

it('finds the feed beside the operations, also below a path of its own', () => {
  const request = { after: 1, channels: ['a', 'b'], limit: 2 }
  expect(feedUrl('http://127.0.0.1:4002/graphql', request)).toBe(
    'http://127.0.0.1:4002/events?after=1&limit=2&channels=a&channels=b',
  )
  expect(feedUrl('https://host/things/graphql', { ...request, channels: null })).toBe(
    'https://host/things/events?after=1&limit=2',
  )
})

it('does not ask for all events when none are wanted', () => {
  expect(() => feedUrl('http://host/graphql', { after: 1, channels: [], limit: 2 })).toThrow(RangeError)
})

it('reads one channel and several', () => {
  expect(readFeedRequest({ after: '1', channels: 'a' })).toMatchObject({ channels: ['a'] })
  expect(readFeedRequest({ after: '1', channels: ['a', 'b'] })).toMatchObject({ channels: ['a', 'b'] })
})
