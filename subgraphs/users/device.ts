// What a session is used with, in words: `Firefox on Linux`. For the person to tell one from another, and no more: what
// is not known by name is not guessed.

type Names = readonly (readonly [pattern: RegExp, name: string])[]

// In this order: most browsers claim to be those further down, too.
const clients: Names = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\/|\bOPT\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bHeadlessChrome\/|\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/\bDart\//, 'Dart'],
  [/\bokhttp\//i, 'okhttp'],
  [/\bCFNetwork\//, 'an app'],
  [/\bcurl\//, 'curl'],
  [/\bPostmanRuntime\//, 'Postman'],
  [/\bpython-requests\/|\bPython\//i, 'Python'],
  [/\bGo-http-client\//, 'Go'],
  [/\bnode\b|\bundici\b/i, 'Node.js'],
]

const systems: Names = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b|\bDarwin\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

/** @param userAgent as the client wrote it; null where it told none */
export function deviceOf(userAgent: string | null): string {
  const nameIn = (names: Names) => names.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
  const client = nameIn(clients)
  const system = nameIn(systems)
  if (!client) return system ?? 'Unknown device'
  return system ? `${client} on ${system}` : client
}
