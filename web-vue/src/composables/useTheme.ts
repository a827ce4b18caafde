import { computed, onScopeDispose, shallowRef } from 'vue'

type Theme = 'light' | 'dark'

// public/theme.js reads it before the first paint.
const KEY = 'tributary.theme'

const chosen = shallowRef(read())

/** Light or dark: as the system has it, until somebody wants the other one. */
export function useTheme() {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const system = shallowRef(themeOf(query))
  const listening = new AbortController()
  query.addEventListener('change', () => (system.value = themeOf(query)), { signal: listening.signal })
  onScopeDispose(() => listening.abort())

  const theme = computed(() => chosen.value ?? system.value)

  function toggle() {
    const next = theme.value === 'dark' ? 'light' : 'dark'
    // Choosing what the system has anyway means following it again.
    choose(next === system.value ? null : next)
  }

  return { theme, toggle }
}

function choose(theme: Theme | null) {
  chosen.value = theme
  const { dataset } = document.documentElement
  if (theme) dataset.theme = theme
  else delete dataset.theme
  try {
    if (theme) localStorage.setItem(KEY, theme)
    else localStorage.removeItem(KEY)
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}

function read(): Theme | null {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' ? theme : null
}

const themeOf = ({ matches }: { matches: boolean }): Theme => (matches ? 'dark' : 'light')
