import { describe } from 'vitest'
import { eventLogContract } from './event-log.contract.ts'
import { memoryEventLog } from './testing/memory-event-log.ts'

describe('the event log that simulations use', () => {
  eventLogContract(async () => {
    let hours = 0
    const memory = memoryEventLog({ nowMs: () => hours * 3_600_000, positionsReadMax: 20 })
    return {
      log: memory.log,
      feed: memory.feed,
      begin: async (event) => memory.begin(event),
      letHoursPass: (more) => (hours += more),
      backUp: async () => memory.backUp(),
    }
  })
})
