// Whether somebody is signed in in this browser: that fact alone, so that a page load knows whether to ask for a token.
// Other tabs hear of a change.
const KEY = 'tributary.signed-in'

export function isRemembered(): boolean {
  try {
    return localStorage.getItem(KEY) !== null
  } catch {
    return false // Storage is switched off: a login lasts until the page is left.
  }
}

/** The value is of no meaning, and differs each time: only then do other tabs hear of a second login. */
export const remember = () => write(String(Date.now()))
export const forget = () => write(null)

/** Calls back with whether somebody is signed in now, when another tab signed in or out. */
export function onRememberedElsewhere(callback: (isSignedIn: boolean) => void) {
  addEventListener('storage', ({ key, newValue }) => {
    if (key === KEY) callback(newValue !== null)
    else if (key === null) callback(false) // All was cleared.
  })
}

function write(value: string | null) {
  try {
    if (value === null) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, value)
  } catch {
    // See above.
  }
}
