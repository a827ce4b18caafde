// The promises as `npm start` keeps them: everything in one process, events within it.
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { tributaryPromises } from './promises.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

tributaryPromises(async () => {
  const folder = await temporaryFolder()
  // The tests say themselves where a request comes from.
  const env = { PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn', TRUSTED_PROXIES: 'loopback' }
  const tributary = await startLocal(localConfig(env), { say: () => {}, seed: false })
  return {
    url: tributary.url,
    close: async () => {
      await tributary.close()
      await folder.remove()
    },
  }
})
