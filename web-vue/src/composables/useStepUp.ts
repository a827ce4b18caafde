import { CombinedError, useMutation, type OperationContext } from '@urql/vue'
import { inject, onScopeDispose, provide, shallowRef, type InjectionKey } from 'vue'
import { StepUpDocument } from '../gql/graphql.ts'
import { ELEVATED } from '../urql/connection.ts'
import { hasCode } from '../urql/errors.ts'
import { useSession } from './useSession.ts'

type Send = (context: Partial<OperationContext>) => Promise<{ readonly error?: CombinedError }>

const NOT_SHOWN = 'Nothing was changed: this needs your second factor.'

const key: InjectionKey<ReturnType<typeof provideStepUp>> = Symbol('step-up')

/** Lets the component and everything in it do what needs a second factor. StepUpDialog.vue asks for the code. */
export function provideStepUp() {
  const { session } = useSession()
  const { executeMutation } = useMutation(StepUpDocument)
  const isAsking = shallowRef(false)
  let answer: ((isElevated: boolean) => void) | undefined

  /** Sends the code. Answers with the error, if there was one. */
  async function enter(code: string): Promise<CombinedError | undefined> {
    const { data, error } = await executeMutation({ code })
    if (!data?.stepUp) return error ?? new CombinedError({ networkError: new Error('The answer is empty.') })
    session.value?.elevate(data.stepUp.accessToken, data.stepUp.expiresIn)
    settle(true)
  }

  function ask(): Promise<boolean> {
    settle(false)
    isAsking.value = true
    return new Promise((resolve) => (answer = resolve))
  }

  function settle(isElevated: boolean) {
    isAsking.value = false
    answer?.(isElevated)
    answer = undefined
  }
  onScopeDispose(() => settle(false))

  /** Sends with the rights of the second factor; asks for a code where that is refused, and sends again. */
  async function elevated(send: Send): Promise<CombinedError | undefined> {
    const { error } = await send(ELEVATED)
    if (!hasCode(error, 'FORBIDDEN')) return error
    if (await ask()) return (await send(ELEVATED)).error
    return new CombinedError({ graphQLErrors: [{ message: NOT_SHOWN, extensions: { code: 'FORBIDDEN' } }] })
  }

  const stepUp = { isAsking, enter, giveUp: () => settle(false), elevated }
  provide(key, stepUp)
  return stepUp
}

export function useStepUp() {
  const stepUp = inject(key)
  if (!stepUp) throw new Error('There is nobody here to ask for a code: the component stands outside of AdminPart.')
  return stepUp
}
