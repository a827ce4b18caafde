import { readonly, shallowRef, watch } from 'vue'

export interface PasswordStrength {
  /** 0, guessed at once, to 4, not guessed at all. */
  readonly score: number
  /** Whether it will do. The gateway has the last word. */
  readonly isGood: boolean
  readonly label: string
  readonly advice: string
}

const labels = ['Guessed at once', 'Guessed quickly', 'Too easily guessed', 'Good', 'Very good']
/** What registration asks for. */
const GOOD_SCORE = 3

/** How hard a password is to guess, for somebody who knows the given words. Null until that is known. */
export function usePasswordStrength(password: () => string, known: () => string[]) {
  const strength = shallowRef<PasswordStrength | null>(null)
  const loading = import('../password-guesser.ts').then(({ guesser }) => guesser)
  // Without it the gateway's answer has to do.
  loading.catch(() => {})

  watch(
    [password, known],
    async (_now, _before, onCleanup) => {
      let isCurrent = true
      onCleanup(() => (isCurrent = false))
      const guesser = await loading.catch(() => null)
      if (!isCurrent || !guesser) return
      const { score, feedback } = guesser.check(password().slice(0, 128), known().filter(Boolean))
      const advice = feedback.warning ?? feedback.suggestions[0] ?? ''
      const isGood = score >= GOOD_SCORE && password().length >= 8
      strength.value = { score, isGood, label: labels[score]!, advice: isGood ? '' : advice }
    },
    { immediate: true },
  )
  return readonly(strength)
}
