// Applies the colours somebody chose before anything is painted; src/composables/useTheme.ts writes the choice.
try {
  const theme = localStorage.getItem('tributary.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is switched off: the system's colours hold.
}
