// The rules of the schema for what people type, told before anything is sent. Each answers with what is wrong, or null.

export const isUsername = (name: string) =>
  /^[\p{L}\p{N}._-]{3,50}$/u.test(name) ? null : '3 to 50 letters, digits, dots, dashes or underscores.'

export const isEmail = (email: string) => (/^\S+@\S+$/.test(email.trim()) ? null : 'Enter an e-mail address.')

export const isNewPassword = ({ length }: string) => (length >= 8 && length <= 128 ? null : '8 to 128 characters.')

export const isPassword = (password: string) => (password ? null : 'Enter your password.')

export const isCode = (code: string) => (code.trim() ? null : 'Enter a code.')

export const isName = ({ length }: string) => (length <= 100 ? null : 'At most 100 characters.')

export const isPhoneNumber = (number: string) =>
  number === '' || /^\+\d{7,15}$/.test(number) ? null : 'A plus sign, then 7 to 15 digits: +4915112345678.'
