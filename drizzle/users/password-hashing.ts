/**
 * How passwords are hashed, wherever one is: what OWASP recommends. Hashes say how they were made, so that older ones stay good.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
export const ARGON2ID = {
  algorithm: 2, // argon2id; the library's enum does not outlive type stripping
  memoryCost: 19 * 1024, // KiB
  timeCost: 2,
  parallelism: 1,
}
