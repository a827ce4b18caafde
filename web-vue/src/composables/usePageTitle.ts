import { toValue, watchEffect, onActivated, type MaybeRefOrGetter } from 'vue'

/** Names the page in the browser's tab and history. */
export function usePageTitle(title: MaybeRefOrGetter<string>) {
  const apply = () => {
    document.title = `${toValue(title)} · Tributary`
  }
  watchEffect(apply)
  // A page that was kept while another one was shown.
  onActivated(apply)
}
