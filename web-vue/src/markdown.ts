// Markdown by strangers, made safe to show. Loaded only where a description is shown.
import DOMPurify from 'dompurify'
import { Marked, type Tokens } from 'marked'

// HTML in it is text like any other: nobody needs it here, and what is not parsed cannot get through.
const markdownOnly = new Marked({
  renderer: {
    html: ({ text, block }: Tokens.HTML | Tokens.Tag) => (block ? `<p>${escapeHtml(text)}</p>` : escapeHtml(text)),
  },
})

const purifier = DOMPurify(window)

purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') node.setAttribute('rel', 'nofollow ugc noopener')
  if (node.tagName === 'IMG') {
    node.setAttribute('loading', 'lazy')
    node.setAttribute('referrerpolicy', 'no-referrer')
  }
})

/**
 * Renders Markdown (CommonMark with GitHub's tables) to elements that hold nothing but text, links, images, lists, tables
 * and code: no scripts, no forms, and no styles, classes or ids that could pass for a part of our own page.
 */
export function renderMarkdown(markdown: string): DocumentFragment {
  return purifier.sanitize(markdownOnly.parse(markdown, { async: false }), {
    RETURN_DOM_FRAGMENT: true,
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'select', 'textarea', 'option', 'dialog', 'video', 'audio'],
    FORBID_ATTR: ['style', 'class', 'id', 'name', 'target', 'srcset', 'popover', 'popovertarget'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  })
}

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
