// Chromium as Debian packages it, driven by playwright-core, which brings no browser of its own.
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { describeWith, findProgram } from './installed.ts'

const chromiumProgram = findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')

export const describeWithChromium = describeWith(chromiumProgram, 'chromium')

/** A new browser without a window. Two people are two contexts of one browser: `browser.newContext()`. */
export async function launchChromium(): Promise<Browser> {
  if (chromiumProgram === null) throw new Error('chromium is not installed: wrap the tests in describeWithChromium')
  return chromium.launch({
    executablePath: chromiumProgram,
    headless: true,
    args: [
      '--no-sandbox', // root, as in many containers, has no sandbox; the only pages opened are ours
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // It would call home otherwise, and a test must not need a network.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
