// Markdown by strangers, made safe to show. Loaded only where a description is shown.
import DOMPurify from 'dompurify'
import { Marked, type Token, type Tokens } from 'marked'

const markdownOnly = new Marked({
  // HTML in it is text like any other: nobody needs it here, and what is not parsed cannot get through.
  renderer: {
    html: ({ text, block }: Tokens.HTML | Tokens.Tag) => (block ? `<p>${escaped(text)}</p>` : escaped(text)),
  },
  walkTokens: (token: Token) => {
    if (token.type === 'link' && !/^(https?:\/\/|mailto:|\/(?!\/))/i.test(token.href)) token.href = ''
    if (token.type === 'image' && !/^https:\/\//i.test(token.href)) token.href = ''
  },
})

const purifier = DOMPurify(window)

purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') node.setAttribute('rel', 'nofollow ugc noopener')
  // An empty address is that of the page itself, which a click would load anew.
  if (node.getAttribute('href') === '') node.removeAttribute('href')
  if (node.tagName === 'IMG') {
    node.setAttribute('loading', 'lazy')
    node.setAttribute('referrerpolicy', 'no-referrer')
  }
})

/** CommonMark with GitHub's tables, as HTML: links lead to the web, to a mailbox or to a page of ours. */
export const markdownToHtml = (markdown: string) => markdownOnly.parse(markdown, { async: false })

/**
 * Renders Markdown to elements that hold nothing but text, links, images, lists, tables and code: no scripts, no forms,
 * and no styles, classes or ids that could pass for a part of our own page.
 */
export function renderMarkdown(markdown: string): DocumentFragment {
  return purifier.sanitize(markdownToHtml(markdown), {
    RETURN_DOM_FRAGMENT: true,
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'select', 'textarea', 'option', 'dialog', 'video', 'audio'],
    FORBID_ATTR: ['style', 'class', 'id', 'name', 'target', 'srcset', 'popover', 'popovertarget'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  })
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
