import type { Clock } from './clock.ts'

export interface Sleeper {
  wake(): void
  sleep(durationMs: number): Promise<void>
}

/** Sleeps until woken or out of time. A wake-up that comes while nobody sleeps is remembered: it ends the next sleep. */
export function makeSleeper(clock: Clock): Sleeper {
  let isWoken = false
  let endSleep: (() => void) | undefined
  return {
    wake() {
      isWoken = true
      endSleep?.()
    },
    async sleep(durationMs) {
      if (!isWoken && durationMs > 0) {
        await new Promise<void>((resolve) => {
          const callOff = clock.after(durationMs, resolve)
          endSleep = () => {
            callOff()
            resolve()
          }
        })
      }
      endSleep = undefined
      isWoken = false
    },
  }
}
