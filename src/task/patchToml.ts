// Sets keys of a TOML text and leaves everything else, comments and order included, as it was.
import { parse, patch } from '@decimalturn/toml-patch'
import { deepMerge, holds, type Tree } from './deepMerge.ts'
import { rememberByText } from './rememberByText.ts'

export type Patched = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly cause: string }

/** The same text when all keys are set already; a cause when the text is no TOML. */
export const patchToml = rememberByText((text: string, set: Tree): Patched => {
  try {
    const current = parse(text) as Tree
    return { ok: true, text: holds(current, set) ? text : patch(text, deepMerge(current, set)) }
  } catch (error) {
    return { ok: false, cause: firstLine(error) }
  }
})

const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''

/** The values of a TOML text; undefined when it is none. */
export function parseToml(text: string): Tree | undefined {
  try {
    return parse(text) as Tree
  } catch {
    return undefined
  }
}
