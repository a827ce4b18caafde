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

export const isItemName = (name: string) => {
  if (!name.trim()) return 'Give it a name.'
  return name.length > 255 ? 'At most 255 characters.' : null
}

export const isDescription = ({ length }: string) => (length <= 50_000 ? null : 'At most 50,000 characters.')

export const isTagList = (tags: readonly string[]) => {
  if (tags.length > 20) return 'At most 20 tags.'
  return tags.some(({ length }) => length > 50) ? 'At most 50 characters a tag.' : null
}

export const isComment = (text: string) => {
  if (!text.trim()) return 'Write something first.'
  return text.length > 10_000 ? 'At most 10,000 characters.' : null
}

export const isUsernameOrEmail = (whom: string) => (whom.trim() ? null : 'Enter a username or an e-mail address.')
