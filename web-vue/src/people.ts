/** A person as others see it wherever a name stands. */
export interface Person {
  readonly id: string
  readonly username: string
}

/** Each of them once, by name. Who is not known right now is left out. */
export function distinctPeople(people: Iterable<Person | null>): Person[] {
  const byId = new Map<string, Person>()
  for (const person of people) if (person) byId.set(person.id, person)
  return [...byId.values()].sort((one, other) => one.username.localeCompare(other.username))
}
