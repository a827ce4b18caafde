// The servers of `npm run dev`, in a process of their own that dev.ts ends and starts again.
import type { DestinationStream } from 'pino'
import { localConfig } from '../platform/config.ts'
import { makeLog } from '../platform/log.ts'
import { runProcess } from '../platform/process.ts'
import { openDataFolder, openLogFile } from './data-folder.ts'
import { startLocal } from './index.ts'

/** What dev.ts is told when requests are answered. */
export const READY = 'ready'

// What somebody has to look at is shown at once, too.
function shownAlso(file: DestinationStream): DestinationStream {
  return {
    write: (line) => {
      file.write(line)
      if (!line.startsWith('{"level":"error"')) return
      const { msg, err } = JSON.parse(line) as { msg: string; err?: { type: string; message: string; stack?: string } }
      process.stderr.write(`${msg}${err ? `: ${err.type}: ${err.message}\n${err.stack ?? ''}` : ''}\n`)
    },
  }
}

if (import.meta.main) {
  process.once('disconnect', () => process.exit(1)) // dev.ts was killed
  await runProcess(async () => {
    const config = localConfig(process.env)
    const file = openLogFile(openDataFolder(config.dataDir).tributaryLog)
    const running = await startLocal(config, {
      log: makeLog('dev', config.logLevel, shownAlso(file)),
      web: false,
    })
    process.send?.(READY)
    return running
  })
}
