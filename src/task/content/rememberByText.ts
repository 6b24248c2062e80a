// Caches the result of a pure function by its text: many hosts have the same file.

const LIMIT = 64

/**
 * Remembers the results of a pure function.
 *
 * @param compute - Pure: the same input and options give the same result.
 * @returns The same function; results are kept per `options` object for the last 64 inputs.
 */
export function rememberByText<Options extends object, Result>(
  compute: (text: string, options: Options) => Result,
): (text: string, options: Options) => Result {
  const results = new WeakMap<Options, Map<string, Result>>()
  return (text, options) => {
    const byText = results.get(options) ?? new Map<string, Result>()
    results.set(options, byText)
    const known = byText.get(text)
    if (known !== undefined) return known
    const result = compute(text, options)
    if (byText.size >= LIMIT) byText.delete(byText.keys().next().value as string)
    byText.set(text, result)
    return result
  }
}
