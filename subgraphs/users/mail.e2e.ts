// Mail on its way: through a real SMTP server that fails, to the dead letters and back, and into the mailbox.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDeadMail } from './dead-mail.ts'
import { usersSystem } from './testing/system.ts'
import type { UsersSystem } from './testing/system.ts'

interface Received {
  readonly atMs: number
  readonly to: string
  readonly text: string
}

describe('mail by SMTP', () => {
  let smtp: Awaited<ReturnType<typeof smtpServer>>
  let users: UsersSystem
  beforeAll(async () => {
    smtp = await smtpServer()
    users = await usersSystem({ smtpUrl: `smtp://127.0.0.1:${smtp.port}`, devPages: true })
  })
  afterAll(async () => {
    await users?.close()
    await smtp?.close()
  })
  afterEach(() => smtp.failNext(0))

  it('arrives, as text and as HTML, with a link that works', async () => {
    const ada = await users.person()
    const { text } = await smtp.next(ada.email)
    expect(text).toContain('From: Tributary <no-reply@example.com>')
    expect(text).toContain('Subject: Please confirm your e-mail address')
    expect(text).toContain('multipart/alternative')
    const token = /verify-email\?token=3D([\w-]{43})/.exec(text.replaceAll(/=\r\n/g, ''))?.[1]
    const { codes } = await users.call('mutation($token: String!) { verifyEmail(token: $token) { user { id } } }', {
      variables: { token },
    })
    expect(codes).toEqual([])
    expect(await users.sql`select 1 from mailbox`).toHaveLength(0)
    expect((await fetch(new URL('/dev/mailbox', users.subgraph.url))).status).toBe(404)
  })

  it('that fails is tried again after 1, 2, 4 and 8 seconds', async () => {
    smtp.failNext(4)
    const bob = await users.person()
    const { atMs } = await smtp.next(bob.email, 30_000)
    const times = [...smtp.failedAtMs(), atMs]
    const waitsS = times.slice(1).map((time, n) => (time - times[n]!) / 1000)
    for (const [n, waitS] of waitsS.entries()) {
      expect(waitS).toBeGreaterThan(2 ** n - 0.3)
      // Late by the polling, and by a machine that has other things to do.
      expect(waitS).toBeLessThan(2 ** n + 3)
    }
    expect(waitsS).toHaveLength(4)
  })

  it('that fails five times is put aside, listed, and sent when it is replayed', async () => {
    smtp.failNext(5)
    const carol = await users.person()
    const dead = await openDeadMail(users.databaseUrl)
    try {
      await vi.waitFor(async () => expect(await dead.list()).toHaveLength(1), { timeout: 40_000, interval: 500 })
      expect(await dead.list()).toEqual([
        {
          id: expect.any(String) as string,
          kind: 'VERIFY_EMAIL',
          userId: carol.id,
          failedAt: expect.any(String) as string,
          error: 'EENVELOPE 451',
        },
      ])
      expect(await dead.replay()).toBe(1)
      expect(await dead.list()).toEqual([])
      expect((await smtp.next(carol.email)).text).toContain('Please confirm')
      expect(await dead.replay()).toBe(0)
    } finally {
      await dead.close()
    }
  })

  it('leaves no address and no token in queue or log', async () => {
    const jobs = JSON.stringify(await users.sql`select data, output from pgboss.job`)
    for (const text of [jobs, users.logged()]) expect(text).not.toMatch(/example\.com|token=/)
  })
})

describe('the mailbox', () => {
  let users: UsersSystem
  beforeAll(async () => {
    users = await usersSystem()
  })
  afterAll(() => users?.close())

  it('shows mail that went nowhere, newest first, without a script, and the log says where', async () => {
    const ada = await users.person({ username: 'O.Ada-1' })
    await users.tokenOf(ada, 'Please confirm your e-mail address')
    const bob = await users.person()
    const token = await users.tokenOf(bob, 'Please confirm your e-mail address')
    const get = async (path: string) => {
      const response = await fetch(new URL(path, users.subgraph.url))
      return {
        status: response.status,
        policy: response.headers.get('content-security-policy'),
        text: await response.text(),
      }
    }
    const list = await get('/dev/mailbox')
    expect(list.status).toBe(200)
    expect(list.policy).toContain("default-src 'none'")
    expect(list.text.indexOf(bob.email)).toBeLessThan(list.text.indexOf(ada.email))
    expect(list.text).not.toContain('<script')
    const [path = ''] = /\/dev\/mailbox\/[0-9a-f-]{36}/.exec(list.text) ?? []
    const mail = await get(path)
    expect(mail.text).toContain(`href="https://app.example.com/verify-email?token=${token}"`)
    expect((await get('/dev/mailbox/nonsense')).status).toBe(404)
    const line = users
      .logged()
      .split('\n')
      .find((text) => text.includes(path))!
    expect(JSON.parse(line)).toMatchObject({ msg: 'a mail waits in the mailbox', kind: 'VERIFY_EMAIL', path })
    expect(users.logged()).not.toContain(token)
  })

  it('is not there in production', async () => {
    const other = await usersSystem({ devPages: false })
    try {
      expect((await fetch(new URL('/dev/mailbox', other.subgraph.url))).status).toBe(404)
    } finally {
      await other.close()
    }
  })
})

async function smtpServer() {
  const received: Received[] = []
  const failures: number[] = []
  let failing = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, callback) {
      if (failing === 0) return callback()
      failing -= 1
      failures.push(performance.now())
      return callback(Object.assign(new Error('try again later'), { responseCode: 451 }))
    },
    onData(stream, session, callback) {
      let text = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      stream.once('end', () => {
        received.push({ atMs: performance.now(), to: session.envelope.rcptTo[0]!.address, text })
        callback()
      })
    },
  })
  server.on('error', () => {}) // of connections that clients drop
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  return {
    port: (listening.address() as AddressInfo).port,
    failNext(times: number) {
      failing = times
      failures.length = 0
    },
    failedAtMs: () => failures,
    next: (to: string, timeout = 10_000): Promise<Received> =>
      vi.waitFor(
        () => {
          const found = received.find((mail) => mail.to === to)
          if (!found) throw new Error(`no mail to ${to}`)
          return found
        },
        { timeout, interval: 50 },
      ),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
