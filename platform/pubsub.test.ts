import { describe } from 'vitest'
import { makeLog } from './log.ts'
import { pubSubContract } from './pubsub.contract.ts'
import { makePubSub } from './pubsub.ts'

describe('pub/sub in process', () => {
  pubSubContract(async () => makePubSub({ redisUrl: null, log: makeLog('test', 'silent') }))
})
