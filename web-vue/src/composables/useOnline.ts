import { onScopeDispose, readonly, shallowRef } from 'vue'

/** Whether the browser believes that there is a network. */
export function useOnline() {
  const isOnline = shallowRef(navigator.onLine)
  const listening = new AbortController()
  const update = () => (isOnline.value = navigator.onLine)
  addEventListener('online', update, { signal: listening.signal })
  addEventListener('offline', update, { signal: listening.signal })
  onScopeDispose(() => listening.abort())
  return readonly(isOnline)
}
