// The people of the seed. Addresses and telephone numbers are of ranges that are given to nobody. What belongs to whom
// stands in `<username>.md`.
import { demoId } from './random.ts'

/** For everybody in the seed: they are there to be tried out. */
export const demoPassword = 'notes-of-1843'

export interface DemoPerson {
  readonly id: string
  readonly username: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumber: string | null
  readonly roles: string[]
  readonly joinedDaysAgo: number
}

const CREATOR = ['user', 'creator']

export const demoPeople: readonly [DemoPerson, ...DemoPerson[]] = [
  person('ada', 'Ada', 'Lindqvist', '+46701740605', 301),
  person('bruno', 'Bruno', 'Ferreira', null, 288),
  person('chidi', 'Chidi', 'Okafor', '+447700900142', 274),
  person('dagny', 'Dagny', 'Holm', null, 270),
  person('elif', 'Elif', 'Yıldız', null, 259),
  person('farid', 'Farid', 'Haddad', '+447700900871', 251),
  person('greta', 'Greta', 'Vogel', '+493023125017', 300, [...CREATOR, 'admin']),
  person('hiroshi', 'Hiroshi', 'Tanaka', null, 233),
  person('imani', 'Imani', 'Brooks', '+12025550163', 226, [...CREATOR, 'moderator']),
  person('jonas', 'Jonas', 'Keller', null, 219, [...CREATOR, 'support']),
  person('kateryna', 'Kateryna', 'Melnyk', null, 218),
  person('lucia', 'Lucía', 'Paredes', null, 215),
]

/** Somebody to log in as, and who of them is an admin: whoever tries that out sets up the second factor that it needs. */
export const demoLogin: { readonly email: string; readonly password: string; readonly adminEmail: string } = {
  email: demoPeople[0].email,
  password: demoPassword,
  adminEmail: demoPeople.find(({ roles }) => roles.includes('admin'))!.email,
}

function person(
  username: string,
  firstName: string,
  lastName: string,
  phoneNumber: string | null,
  joinedDaysAgo: number,
  roles = CREATOR,
): DemoPerson {
  const id = demoId(username)
  return { id, username, email: `${username}@example.com`, firstName, lastName, phoneNumber, roles, joinedDaysAgo }
}
