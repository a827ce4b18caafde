import { describe, expect, it } from 'vitest'
import { writeMail } from './mail-templates.ts'

const facts = { username: 'ada', publicUrl: 'https://app.example.com', token: 'a-token_1' }

describe('a mail', () => {
  it.each([
    ['VERIFY_EMAIL', 'Please confirm your e-mail address', 'https://app.example.com/verify-email?token=a-token_1'],
    ['RESET_PASSWORD', 'Choose a new password', 'https://app.example.com/reset-password?token=a-token_1'],
  ] as const)('of kind %s has its link in text and in HTML', (kind, subject, link) => {
    const mail = writeMail(kind, facts)
    expect(mail.subject).toBe(subject)
    expect(mail.text).toContain(`\n\n${link}\n\n`)
    expect(mail.html).toContain(`<a href="${link}"`)
    expect(mail.text).toContain('Hello ada,')
  })

  it('that proves nothing has no token in it', () => {
    const mail = writeMail('REFRESH_TOKEN_REUSED', { ...facts, token: '' })
    expect(mail.text).toContain('https://app.example.com/settings/sessions\n')
    expect(mail.html).not.toContain('token=')
  })

  it('holds what people typed as text, whatever it is', () => {
    const { html } = writeMail('VERIFY_EMAIL', { ...facts, username: '<img src=x onerror="alert(1)">' })
    expect(html).not.toContain('<img')
    expect(html).toContain('&#60;img src=x')
  })
})
