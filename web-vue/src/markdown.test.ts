// @vitest-environment happy-dom
// What Markdown becomes before DOMPurify looks it over; that takes a real browser: e2e/hostile-markdown.e2e.ts.
import { expect, it } from 'vitest'
import { markdownToHtml } from './markdown.ts'

it('renders text, lists, tables and code', () => {
  expect(markdownToHtml('**Level**\n\n- one\n- two\n\n| a |\n| - |\n| 1 |\n\n`x < y`').replace(/\s+/g, ' ')).toBe(
    '<p><strong>Level</strong></p> <ul> <li>one</li> <li>two</li> </ul> ' +
      '<table> <thead> <tr> <th>a</th> </tr> </thead> <tbody><tr> <td>1</td> </tr> </tbody></table> ' +
      '<p><code>x &lt; y</code></p> ',
  )
})

it.each([
  '<script>alert(1)</script>',
  'a <img src=x onerror=alert(1)> b',
  '<iframe src="https://evil.example"></iframe>',
  '<p style="position:fixed;inset:0">over</p>',
  '<scr<script>ipt>alert(1)</script>',
  '<!-- --!><img src=x onerror=alert(1)>',
  '- <svg onload=alert(1)>',
])('shows %s as the text that it is', (markdown) => {
  expect(markdownToHtml(markdown)).not.toMatch(/<(script|img|iframe|p style|svg|scr|!)/i)
  expect(markdownToHtml(markdown)).toContain('&lt;')
})

it.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'javascript&#58;alert(1)',
  'javascript&colon;alert(1)',
  'data:text/html,hello',
  'vbscript:x',
  '//evil.example',
])('makes neither a link nor an image of %s', (address) => {
  expect(markdownToHtml(`[click](${address}) ![see](${address}) [ref]\n\n[ref]: ${address}`)).not.toContain(address)
  expect(markdownToHtml(`[click](${address}) ![see](${address})`)).not.toMatch(/(href|src)="[^"]/)
})

it.each(['https://example.com/a?b=c', 'mailto:ada@example.com', '/items/1'])('links to %s', (address) => {
  expect(markdownToHtml(`[click](${address})`)).toContain(`href="${address}"`)
})
