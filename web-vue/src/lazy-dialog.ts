// Dialogs whose code is loaded when they are first asked for.
import { defineAsyncComponent, defineComponent, onMounted, type AsyncComponentLoader, type Component } from 'vue'
import { useToasts } from './composables/useToasts.ts'

/**
 * A dialog that is loaded once it is shown. Where that fails it says so and asks to be closed, as a dialog does that is
 * cancelled: whoever shows it under a `v-if` takes it away then, and shows it anew with the next click, which tries again.
 */
export const lazyDialog = <Dialog extends Component>(loader: AsyncComponentLoader<Dialog>) =>
  defineAsyncComponent({ loader, errorComponent: UnloadedDialog })

// Stands in the dialog's place and hears what is asked of it there.
const UnloadedDialog = defineComponent({
  inheritAttrs: false,
  emits: ['update:open', 'close'],
  setup(_props, { emit }) {
    onMounted(() => {
      useToasts().toast({
        text: 'This could not be loaded. Check your connection and try again.',
        tone: 'bad',
        // A new release may have taken the place of this one, and its dialogs are found by a page of its own.
        ...(navigator.onLine && { action: { label: 'Reload the page', run: () => location.reload() } }),
      })
      emit('update:open', false)
      emit('close')
    })
    return () => null
  },
})
