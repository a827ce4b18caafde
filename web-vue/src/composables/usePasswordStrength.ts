import { onScopeDispose, readonly, shallowRef, watch } from 'vue'
import type { Guess, Question } from '../password-guesser.ts'

export interface PasswordStrength extends Guess {
  /** Whether it will do. The gateway has the last word. */
  readonly isGood: boolean
  readonly label: string
}

const labels = ['Guessed at once', 'Guessed quickly', 'Too easily guessed', 'Good', 'Very good']
/** What registration asks for. */
const GOOD_SCORE = 3
const LENGTH_MIN = 8

/**
 * How hard a password is to guess, for somebody who knows the given words. Null until that is known; where it cannot be
 * found out, the gateway's answer has to do.
 */
export function usePasswordStrength(password: () => string, known: () => readonly string[]) {
  const strength = shallowRef<PasswordStrength | null>(null)
  const worker = new Worker(new URL('../password-guesser.worker.ts', import.meta.url), { type: 'module' })
  let asked: Question | null = null
  let next: Question | null = null
  onScopeDispose(() => worker.terminate())

  // One question at a time, then the newest: what was typed in between is of no interest any more.
  function ask() {
    asked = next
    next = null
    if (asked) worker.postMessage(asked)
  }

  worker.onmessage = ({ data: guess }: MessageEvent<Guess>) => {
    const isGood = guess.score >= GOOD_SCORE && asked!.password.length >= LENGTH_MIN
    strength.value = { ...guess, isGood, label: labels[guess.score]!, advice: isGood ? '' : guess.advice }
    ask()
  }

  watch(
    [password, known],
    () => {
      next = { password: password(), known: [...known()] }
      if (!asked) ask()
    },
    { immediate: true },
  )
  return readonly(strength)
}
