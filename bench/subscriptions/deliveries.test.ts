import { describe, expect, it } from 'vitest'
import { deliveriesFrom, delaysOf } from './deliveries.ts'

const received = {
  numbers: Int32Array.of(1, 1, 1, 2, 2, 2),
  delaysMs: Float64Array.of(5, 9, 7, 10, 30, 20),
}

describe('delays', () => {
  it('are those of the first and the last socket by event, and of all deliveries together', () => {
    expect(delaysOf(received)).toEqual({ firstMs: 7.5, lastMs: 19.5, p50Ms: 9, p99Ms: 30 })
  })

  it('leave the deliveries as they came', () => {
    delaysOf(received)

    expect([...received.delaysMs]).toEqual([5, 9, 7, 10, 30, 20])
  })
})

it('tells the deliveries of the last events alone', () => {
  expect(delaysOf(deliveriesFrom(2, received))).toEqual({ firstMs: 10, lastMs: 30, p50Ms: 20, p99Ms: 30 })
})
