// The thread that guesses passwords, in the same thread: happy-dom has none. Until `vi.unstubAllGlobals()`.
import { vi } from 'vitest'
import type { Guess, Question } from '../password-guesser.ts'

export function fakeWorker() {
  vi.stubGlobal(
    'Worker',
    class {
      onmessage: ((event: { data: Guess }) => void) | null = null
      async postMessage(question: Question) {
        const { guess } = await import('../password-guesser.ts')
        this.onmessage?.({ data: guess(question) })
      }
      terminate() {
        this.onmessage = null
      }
    },
  )
}
