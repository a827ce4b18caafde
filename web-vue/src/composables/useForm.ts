import type { CombinedError } from '@urql/vue'
import { nextTick, reactive, readonly, shallowReactive, shallowRef, watch } from 'vue'
import { describe, fieldErrors } from '../urql/errors.ts'

type Value = string | readonly string[]

export interface FormOptions<Values extends Record<string, Value>> {
  readonly initial: Values
  /** What is wrong with a field's value; null when nothing is. */
  readonly rules: { readonly [Field in keyof Values]?: (value: Values[Field]) => string | null }
  /** Sends the values; answers with the error, if there was one. */
  readonly send: (values: Values) => Promise<CombinedError | undefined>
  /** Called once they are sent, when nothing typed would be lost by leaving. */
  readonly onSent?: () => void
  /** What to say about an error that is no field's. @default in the words of urql/errors.ts */
  readonly explain?: (error: CombinedError) => string
  /** Where an error of the gateway's belongs that names a field which is called otherwise here. @default the same name */
  readonly fieldOf?: (named: string) => string
}

/** A form's values, what is wrong with them (by our rules, then by the gateway's), and the way to send them. */
export function useForm<Values extends Record<string, Value>>({
  initial,
  rules,
  send,
  onSent,
  explain = describe,
  fieldOf = (named) => named,
}: FormOptions<Values>) {
  const values = reactive({ ...initial }) as Values
  const errors = shallowReactive({}) as { [Field in keyof Values]?: string }
  const formError = shallowRef('')
  const isSending = shallowRef(false)
  const isSent = shallowRef(false)

  const problemOf = (field: keyof Values) => rules[field]?.(values[field]!) ?? undefined

  // What was found wrong is looked at again with each key, and nothing else: a message that came or went when a field is
  // left would move the button away from under the pointer that is about to press it.
  for (const field in values) {
    watch(
      () => values[field],
      () => {
        if (errors[field]) errors[field] = problemOf(field)
      },
    )
  }

  async function submit(event: Event) {
    if (isSending.value) return
    for (const field in values) errors[field] = problemOf(field)
    formError.value = ''
    if (Object.values(errors).some(Boolean)) return focusFirstError(event.target)

    isSending.value = true
    const error = await send({ ...values })
    isSending.value = false
    if (!error) {
      isSent.value = true
      return onSent?.()
    }
    const named = Object.entries(fieldErrors(error))
      .map(([field, message]) => [fieldOf(field), message] as const)
      .filter(([field]) => field in values)
    for (const [field, message] of named) errors[field as keyof Values] = message
    if (named.length > 0) await focusFirstError(event.target)
    else formError.value = explain(error)
  }

  return {
    values,
    errors,
    formError: readonly(formError),
    isSending: readonly(isSending),
    isSent: readonly(isSent),
    submit,
    /** Whether there is anything to lose. */
    isChanged: () => Object.keys(initial).some((field) => String(values[field]) !== String(initial[field])),
    /** Empties the form, or fills it with other values, as if nothing had been typed. */
    reset: (next: Values = initial) => {
      Object.assign(values, next)
      for (const field in next) delete errors[field]
      formError.value = ''
      isSent.value = false
    },
  }
}

async function focusFirstError(form: EventTarget | null) {
  await nextTick()
  if (form instanceof HTMLFormElement) form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
