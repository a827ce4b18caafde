/**
 * What kept a command from doing its work, in words for the person at the keyboard, who can mend it: shown as it is,
 * without a stack.
 */
export class Problem extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'Problem'
    delete this.stack
  }
}

/** The code of a failed system call, such as `ENOENT`; undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export const alreadyRunning = (folder: string) =>
  new Problem(
    `Tributary is already running on the data folder ${folder}. ` +
      'End it first, or choose another folder and port with DATA_DIR=<folder> and PORT=<port>.',
  )
