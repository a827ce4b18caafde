import { readonly, shallowRef } from 'vue'

export interface Toast {
  readonly id: number
  readonly text: string
  /** `bad` is announced at once, by interrupting. @default 'good' */
  readonly tone?: 'good' | 'bad'
  /** Something to do about it. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

const toasts = shallowRef<readonly Toast[]>([])
let lastId = 0

/** Short messages that go away by themselves; ToastStack.vue shows them. */
export function useToasts() {
  return {
    toasts: readonly(toasts),
    toast: (toast: Omit<Toast, 'id'>) => {
      toasts.value = [...toasts.value, { id: ++lastId, ...toast }]
    },
    dismiss: (id: number) => {
      toasts.value = toasts.value.filter((toast) => toast.id !== id)
    },
  }
}
