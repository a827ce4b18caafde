// `npm run clean`: removes what a start on this machine has written, once nothing runs on it.
import { readdirSync, rmSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { runScript } from '../drizzle/script.ts'
import { localConfig } from '../platform/config.ts'
import { makeLog, say } from '../platform/log.ts'
import { dataFolder } from './data-folder.ts'
import { findPostmaster, hasCluster } from './postgres-cluster.ts'
import { startPostgres } from './postgres.ts'
import { Problem } from './problem.ts'

/** Only what is ours: DATA_DIR may name a folder that holds other things too. */
const WRITTEN = /^(postgres|postgres\.init-.*|(postgres|tributary)\.log(\.1)?)$/

/** @throws Problem when a Tributary runs on the folder */
export async function clean(dataDir: string): Promise<'removed' | 'nothing there'> {
  const folder = dataFolder(dataDir)
  if (hasCluster(folder) && findPostmaster(folder)) {
    // Left running by a process that was killed, or in use: whoever can own it can stop it.
    const postgres = await startPostgres({ dataDir, log: makeLog('clean', 'silent') })
    if (!postgres.isOwner) {
      throw new Problem(`Tributary is running on ${folder.path}. End it first, then run "npm run clean" again.`)
    }
    await postgres.stop()
  }
  const names = namesIn(folder.path).filter((name) => WRITTEN.test(name))
  for (const name of names) rmSync(join(folder.path, name), { recursive: true, force: true })
  if (namesIn(folder.path).length === 0) removeEmpty(folder.path)
  return names.length > 0 ? 'removed' : 'nothing there'
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It was not there, or is the root of a volume.
  }
}

if (import.meta.main) {
  await runScript(async () => {
    const { dataDir } = localConfig(process.env)
    const outcome = await clean(dataDir)
    say(outcome === 'removed' ? `Removed the data in ${dataDir}.` : `There are no data in ${dataDir}.`)
  })
}
