// A description is written by whoever wants to and shown to whoever comes by. Only a browser can say what it does there.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { apiOf } from './support/api.ts'
import { describeWithChromium, launchChromium } from './support/browser.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const hostile = [
  '# Harmless',
  '<script>window.wasHit = 1</script>',
  '<img src=x onerror="window.wasHit = 2">',
  '<svg onload="window.wasHit = 3"></svg>',
  '<iframe srcdoc="<script>parent.wasHit = 4</script>"></iframe>',
  '<style>body { display: none }</style>',
  '<form action="https://evil.example"><input name="password"></form>',
  '<a href="javascript:window.wasHit = 5" id="app" class="button">raw</a>',
  '[click](javascript:window.wasHit=6) [click](javascript&#58;window.wasHit=7) [click](<java\tscript:window.wasHit=8>)',
  '![see](javascript:window.wasHit=9) ![see](data:image/svg+xml,<svg/onload=parent.wasHit=10>)',
  '[good](https://example.com/)',
  '<math><mtext><table><mglyph><style><img src=x onerror="window.wasHit = 11">',
  '**The end**',
].join('\n\n')

describeWithChromium('a hostile description', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let tributary: Awaited<ReturnType<typeof startLocal>>
  let browser: Browser

  beforeAll(async () => {
    folder = await temporaryFolder()
    const env = { PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn' }
    tributary = await startLocal(localConfig(env), { say: () => {}, seed: false })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await tributary?.close()
    await folder?.remove()
  })

  it('runs nothing, sends nothing anywhere and changes nothing of the page around it', async () => {
    const api = apiOf(tributary.url)
    const mallory = await api.person('mallory')
    const id = await api.createItem(mallory, { name: 'Gift', visibility: 'PUBLIC', description: hostile })
    const page = await browser.newPage()
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(tributary.url)) elsewhere.push(request.url())
    })

    await page.goto(`${tributary.url}/items/${id}`)
    await page.locator('strong', { hasText: 'The end' }).waitFor()
    let loads = 0
    page.on('load', () => (loads += 1))
    const refused = await page.locator('main a', { hasText: 'click' }).all()
    expect(refused.length).toBe(3)
    for (const link of refused) await link.click()

    const found = await page.locator('main').evaluate((main) => ({
      wasHit: (globalThis as { wasHit?: number }).wasHit,
      forbidden: main.querySelectorAll('script, style, iframe, svg[onload], form, input, [onerror], [id=app]').length,
      links: [...main.querySelectorAll('a')]
        .map((link) => link.getAttribute('href'))
        .filter((href) => href && !href.startsWith('/')),
      images: [...main.querySelectorAll('img')].map((image) => image.getAttribute('src')).filter(Boolean),
    }))
    expect(found).toEqual({ wasHit: undefined, forbidden: 0, links: ['https://example.com/'], images: [] })
    expect([loads, elsewhere]).toEqual([0, []])
    expect(await page.getByRole('link', { name: 'good' }).getAttribute('rel')).toBe('nofollow ugc noopener')
  })
})
