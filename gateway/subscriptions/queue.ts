// Results on their way to one subscriber, as an async iterator.

export interface Queue<T> {
  push(value: T): void
  iterate(): AsyncGenerator<T, void, void>
}

/**
 * @param max values that may wait; one more, and the iterator ends with `overflow` as its last value
 * @param onEnd called once, when the subscriber leaves or has been ended
 */
export function makeQueue<T>(options: { max: number; overflow: T; onEnd: () => void }): Queue<T> {
  const waiting: T[] = []
  let wake: (() => void) | undefined
  let isEnded = false

  function end(): void {
    if (isEnded) return
    isEnded = true
    wake?.()
    options.onEnd()
  }

  const iterator: AsyncGenerator<T, void, void> = {
    async next() {
      while (waiting.length === 0 && !isEnded) {
        await new Promise<void>((resolve) => (wake = resolve))
      }
      return waiting.length > 0 ? { value: waiting.shift()!, done: false } : { value: undefined, done: true }
    },
    async return() {
      waiting.length = 0
      end()
      return { value: undefined, done: true }
    },
    async throw(error) {
      await iterator.return()
      throw error
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: async () => void (await iterator.return()),
  }

  return {
    push(value) {
      if (isEnded) return
      if (waiting.length >= options.max) {
        waiting.push(options.overflow)
        end()
      } else {
        waiting.push(value)
        wake?.()
      }
    },
    iterate: () => iterator,
  }
}
