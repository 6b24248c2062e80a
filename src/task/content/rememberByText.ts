// Remembers what a pure function made of a text: many hosts have the same file, and all ask the same of it.

const LIMIT = 64

/** Results are kept per `options` object (as long as it lives) for the last texts that were asked for. */
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
