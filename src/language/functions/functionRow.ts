// One function of the expression language: everything that is known of it in one row.
import { EvaluationError } from '@marcbachmann/cel-js'
import type { Json } from '../../model/inventory.ts'
import { fromCel, NoJson, toCel } from '../celValues.ts'
import { ANY } from '../valueType.ts'

export interface FunctionRow {
  readonly name: string
  /** In CEL's notation; several when it takes several forms. */
  readonly signatures: readonly string[]
  /** One sentence. */
  readonly summary: string
  /** The filters and tests of Jinja that it replaces. */
  readonly replaces: readonly string[]
  /** An expression and its value; a test evaluates it. */
  readonly example: readonly [expression: string, value: Json]
  /** Gets and gives CEL's own values: whole numbers are BigInt. Throws `refusal`. */
  readonly call: (...args: never[]) => unknown
}

/** A mistake in what a function was given, shown at its call. */
export const refusal = (message: string): EvaluationError =>
  new EvaluationError({ code: 'function_failed', message } as never)

/** A function of plain values. Throws what `fromCel` throws for a value that is not known. */
export const plain =
  (make: (...args: never[]) => Json): FunctionRow['call'] =>
  (...args: never[]) => {
    try {
      return toCel(make(...(args.map(fromCel) as never[])), ANY)
    } catch (error) {
      throw error instanceof NoJson ? refusal(error.message) : error
    }
  }

/** How values are compared: 1 and '1' differ, lists and maps are the same when all in them is. */
export const identity = (value: Json): string => JSON.stringify(value)
