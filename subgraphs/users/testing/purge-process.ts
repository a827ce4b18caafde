// The purge as a process of its own, which kills itself before its nth statement: `purge-process.ts <url> <n>`; 0 never.
import { openDatabase } from '../../../platform/database.ts'
import { deletionStore } from '../deletion-store.ts'
import { transactions } from '../transactions.ts'
import { sessionsOfNobody } from './purge.ts'

const [, , url = '', killAt = '0'] = process.argv
let statements = 0
const { db, close } = openDatabase(url, {
  statementTimeoutMs: 5_000,
  applicationName: 'purge',
  onStatement: () => {
    statements += 1
    if (statements === Number(killAt)) process.kill(process.pid, 'SIGKILL')
  },
})
await deletionStore(
  transactions(db, () => {}),
  sessionsOfNobody,
).purge()
await close()
