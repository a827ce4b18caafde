// Several answers are made at the same time, and told in the order in which they began. A slow one holds up those behind
// it, which are a few, and another one begins as soon as the first is told.

export interface InOrder {
  /** Answers that have begun and are not told yet. */
  readonly size: number
  readonly hasRoom: boolean
  /** @param answer does not reject: what went wrong is told as an answer too */
  begin<Answer>(answer: Promise<Answer>, tell: (answer: Answer) => void): void
  /** Resolves when another one may begin. */
  room(): Promise<void>
  /** Resolves when all that have begun are told, or forgotten. */
  idle(): Promise<void>
  /** Those that have begun are told to nobody. */
  forget(): void
}

const AT_ONCE = 8

export function makeInOrder(): InOrder {
  let underWay: { tell: (() => void) | null }[] = [] // null while the answer is not there
  let moved = Promise.withResolvers<void>()

  const hasRoom = () => underWay.length < AT_ONCE
  const isIdle = () => underWay.length === 0

  function tellThoseThere(): void {
    while (underWay[0]?.tell) underWay.shift()!.tell!()
    moved.resolve()
    moved = Promise.withResolvers()
  }

  // Others wait as well, and may have taken the room.
  async function until(is: () => boolean): Promise<void> {
    while (!is()) await moved.promise
  }

  return {
    get size() {
      return underWay.length
    },
    get hasRoom() {
      return hasRoom()
    },
    begin(answer, tell) {
      const place: (typeof underWay)[number] = { tell: null }
      underWay.push(place)
      void answer.then((given) => {
        place.tell = () => tell(given)
        if (place === underWay[0]) tellThoseThere()
      })
    },
    room: () => until(hasRoom),
    idle: () => until(isIdle),
    forget() {
      underWay = []
      tellThoseThere()
    },
  }
}
