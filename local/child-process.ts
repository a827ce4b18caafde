import type { ChildProcess } from 'node:child_process'

/** Node's own options with which a program loads as quickly as `npm start` does. They change nothing else. */
export const LOADING_QUICKLY: readonly string[] = ['--import', new URL('quick-loading.ts', import.meta.url).href]

export interface Outcome {
  readonly succeeded: boolean
  /** What the program said, on both streams. */
  readonly output: string
}

/** Waits for the end of a program whose streams are pipes. It does not outlive this process. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const kill = () => void child.kill()
  process.once('exit', kill)
  try {
    return await new Promise((resolve) => {
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
      }
      child.once('error', (error) => resolve({ succeeded: false, output: error.message }))
      child.once('close', (status) => resolve({ succeeded: status === 0, output }))
    })
  } finally {
    process.removeListener('exit', kill)
  }
}
