import { readonly, shallowRef } from 'vue'

/** Whether this is a development system with a mailbox to look into; asked once, when it is first of use. */
let asking: Promise<boolean> | undefined

export function useMailbox() {
  const hasMailbox = shallowRef(false)
  asking ??= fetch('/dev/mailbox', { method: 'HEAD' }).then(
    ({ ok }) => ok,
    () => false,
  )
  void asking.then((isThere) => (hasMailbox.value = isThere))
  return readonly(hasMailbox)
}
