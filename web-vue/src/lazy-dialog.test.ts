// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { defineComponent, ref } from 'vue'
import { useToasts } from './composables/useToasts.ts'
import { lazyDialog } from './lazy-dialog.ts'
import { until } from './testing/mount-app.ts'

afterEach(() => {
  vi.restoreAllMocks()
  const { toasts, dismiss } = useToasts()
  for (const { id } of toasts.value) dismiss(id)
})

it.each([
  ['v-model:open', '<Dialog v-if="isOpen" v-model:open="isOpen" title="Delete it?" />'],
  ['@close', '<Dialog v-if="isOpen" title="Delete it?" @close="isOpen = false" />'],
])('says when it could not be loaded, and is loaded with the next click: %s', async (_by, dialog) => {
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue()
  const load = vi.fn(async () => (load.mock.calls.length === 1 ? Promise.reject(new TypeError('offline')) : Loaded))
  const page = showButton(lazyDialog(load), dialog)

  await page.get('button').trigger('click')
  await until(() => expect(useToasts().toasts.value.map(({ text }) => text)).toEqual([said]))
  expect(page.find('p').exists()).toBe(false)

  await page.get('button').trigger('click')
  await until(() => expect(page.get('p').text()).toBe('Delete it?'))
  expect(load).toHaveBeenCalledTimes(2)
  expect(useToasts().toasts.value).toHaveLength(1)
})

const said = 'This could not be loaded. Check your connection and try again.'
const Loaded = defineComponent({
  props: { title: String, open: Boolean },
  emits: ['update:open', 'close'],
  template: '<p>{{ title }}</p>',
})

const showButton = (Dialog: ReturnType<typeof lazyDialog>, dialog: string) =>
  mount({
    components: { Dialog },
    setup: () => ({ isOpen: ref(false) }),
    template: `<div><button @click="isOpen = true">Delete</button>${dialog}</div>`,
  })
