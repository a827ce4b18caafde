// How easily a password is guessed, as registration estimates it too. Knows the most used passwords, which makes it large,
// and thinks for up to a second, so it runs in a thread of its own: password-guesser.worker.ts.
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { translations } from '@zxcvbn-ts/language-en'

export interface Question {
  readonly password: string
  /** What somebody who knows the person would try first. */
  readonly known: readonly string[]
}

export interface Guess {
  /** 0, guessed at once, to 4, not guessed at all. */
  readonly score: number
  readonly advice: string
}

const guesser = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, translations })

export function guess({ password, known }: Question): Guess {
  const { score, feedback } = guesser.check(password, known.filter(Boolean))
  return { score, advice: feedback.warning ?? feedback.suggestions[0] ?? '' }
}
