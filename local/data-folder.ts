// The folder that holds everything a running Tributary keeps: Postgres's cluster and the logs.
import { accessSync, constants, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import type { DestinationStream } from 'pino'
import { Problem, systemCode } from './problem.ts'

/** A log longer than this is put aside at the next start, in place of the one put aside before. */
const LOG_KEPT_BYTES = 20 * 1024 * 1024

export interface DataFolder {
  readonly path: string
  /** Where the cluster and its password are; made by `postgres-cluster.ts`. */
  readonly postgres: string
  readonly postgresLog: string
  readonly tributaryLog: string
}

export function dataFolder(dataDir: string): DataFolder {
  const path = resolve(dataDir)
  return {
    path,
    postgres: join(path, 'postgres'),
    postgresLog: join(path, 'postgres.log'),
    tributaryLog: join(path, 'tributary.log'),
  }
}

/** Makes the folder where it is missing. @throws Problem when it cannot be made, read or written to */
export function openDataFolder(dataDir: string): DataFolder {
  const folder = dataFolder(dataDir)
  try {
    mkdirSync(folder.path, { recursive: true })
    accessSync(folder.path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new Problem(
      `The data folder ${folder.path} cannot be used: ${reason(error)}. Choose another with DATA_DIR=<folder>.`,
      { cause: error },
    )
  }
  return folder
}

/** @throws Problem when it cannot be written to */
export function openLogFile(path: string): DestinationStream {
  putAsideLongLog(path)
  try {
    return pino.destination(openSync(path, 'a', 0o600))
  } catch (error) {
    throw new Problem(`The log ${path} cannot be written: ${reason(error)}.`, { cause: error })
  }
}

/** Puts a log that has grown long aside as `<name>.1`. To be called while nobody writes it. */
export function putAsideLongLog(path: string): void {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > LOG_KEPT_BYTES) renameSync(path, `${path}.1`)
}

function reason(error: unknown): string {
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'this account may not read and write there'
    case 'EEXIST':
    case 'ENOTDIR':
      return 'it is a file, or lies under one'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOSPC':
      return 'the disk is full'
    default:
      return (error as Error).message
  }
}
