import type { ObjectDirective } from 'vue'

/**
 * Moves the focus to what takes the place of something that had it: to its first field, or else to itself, which needs a
 * `tabindex` then. Keyboards and screen readers would begin the page anew otherwise.
 */
export const vFocus: ObjectDirective<HTMLElement> = {
  mounted: (element) => (element.querySelector<HTMLElement>('input:not([hidden])') ?? element).focus(),
}
