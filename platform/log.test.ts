import { DrizzleQueryError } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { makeLog } from './log.ts'

it('writes one JSON line with time, level and service', () => {
  const { log, lines } = logged()
  log.info({ url: 'http://127.0.0.1' }, 'listens')
  expect(lines()).toEqual([
    {
      level: 'info',
      service: 'test',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      url: 'http://127.0.0.1',
      msg: 'listens',
    },
  ])
})

it('keeps what people typed out of what it says of a failed statement', () => {
  const { log, text } = logged()
  const refused = Object.assign(new Error('duplicate key value violates unique constraint "users_by_email"'), {
    code: '23505',
    detail: 'Key (email)=(ada@example.com) already exists.',
  })
  log.error({ err: new DrizzleQueryError('insert into users values ($1)', ['ada@example.com'], refused) }, 'failed')
  expect(text()).not.toContain('ada@example.com')
  expect(text()).toContain('insert into users values ($1)')
  expect(text()).toContain('23505')
  expect(text()).toContain('log.test.ts')
})

it('takes whatever was thrown', () => {
  const { log, lines } = logged()
  log.warn({ err: 'text' }, 'failed')
  log.warn({ err: Object.assign(new Error('no stack'), { stack: undefined }) }, 'failed')
  expect(lines()).toMatchObject([{ err: { message: 'text' } }, { err: { type: 'Error', message: 'no stack' } }])
})

function logged() {
  const written: string[] = []
  const log = makeLog('test', 'debug', { write: (line) => void written.push(line) })
  return {
    log,
    text: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line) as unknown),
  }
}
