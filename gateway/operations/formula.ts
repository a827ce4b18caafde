// Numbers that may depend on the variables of a request. What does not is worked out when the formula is made: one without
// variables is a number.
import type { GraphQLError } from 'graphql'

export type Formula = number | ((asked: Asked) => number)

/** What a formula is evaluated for. */
export interface Asked {
  /** Coerced, with defaults. */
  readonly variables: Readonly<Record<string, unknown>>
  /** Takes what comes up that the operation is refused for: one error for each `Type.field`, however often it is selected. */
  readonly refusals: Map<string, GraphQLError>
}

export function evaluate(formula: Formula, asked: Asked): number {
  return typeof formula === 'number' ? formula : formula(asked)
}

/** Made a number when no variable is in it, unless it refuses the operation: whether it is asked for may hang on others. */
export function formulaOf(isConstant: boolean, compute: (asked: Asked) => number): Formula {
  if (!isConstant) return compute
  const asked = { variables: {}, refusals: new Map<string, GraphQLError>() }
  const value = compute(asked)
  return asked.refusals.size === 0 ? value : compute
}

export function sum(parts: readonly Formula[]): Formula {
  const constant = parts.reduce<number>((total, part) => (typeof part === 'number' ? total + part : total), 0)
  const varying = parts.filter((part) => typeof part !== 'number')
  if (varying.length === 0) return constant
  return (asked) => varying.reduce((total, part) => total + part(asked), constant)
}

/** None of something is nothing, however much it is. */
export function product(one: Formula, other: Formula): Formula {
  return combined([one, other], ([a = 0, b = 0]) => (a === 0 || b === 0 ? 0 : a * b))
}

/** Works each part out once, however often `combine` needs it. */
export function combined(parts: readonly Formula[], combine: (values: readonly number[]) => number): Formula {
  const isConstant = parts.every((part) => typeof part === 'number')
  return formulaOf(isConstant, (asked) => combine(parts.map((part) => evaluate(part, asked))))
}
