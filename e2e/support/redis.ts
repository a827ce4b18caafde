// A Redis server for one test file, which the test stops and starts as an outage would.
import { describeWith, findProgram } from './installed.ts'

export { startRedis } from '../../local/redis-server.ts'
export type { RedisServer } from '../../local/redis-server.ts'

export const describeWithRedis = describeWith(findProgram('redis-server'), 'redis-server')
