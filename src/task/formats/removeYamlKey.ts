// Removes a key at the top level of a YAML text and leaves every other byte of it as it was.
import { isMap, isScalar, parseDocument } from 'yaml'
import type { Patched } from './patchToml.ts'
import { parseYaml } from './patchYaml.ts'
import { startOfLine } from './textEdits.ts'

/**
 * Removes a key at the top level of a YAML text, with its value; comments above it and after it stay.
 *
 * @param text - The whole file.
 * @param key - The key.
 * @returns The same string when there is no such key; a cause when it is not a valid YAML map.
 */
export function removeYamlKey(text: string, key: string): Patched {
  const document = parseDocument(text, { keepSourceTokens: true })
  const [mistake] = document.errors
  if (mistake) return { ok: false, cause: mistake.message.replace(/\n[^]*/, '') }
  const root = document.contents
  if (!isMap(root)) return root === null ? { ok: true, text } : { ok: false, cause: 'its top level is not a map' }
  if (root.flow) return { ok: false, cause: 'its top level is written in braces' }
  const at = root.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key)
  const pair = root.items[at]
  if (!pair || !isScalar(pair.key)) return { ok: true, text }
  const start = startOfLine(text, pair.key.range?.[0] ?? 0)
  // The value ends before the comments and blank lines that stand at the left edge.
  const after = text.slice(start)
  const end =
    start +
    (/^[^\n]*\n?(?:[ \t]+[^\n]*\n?|-[ \t][^\n]*\n?|[ \t]*\r?\n(?=(?:[ \t]*\r?\n)*(?:[ \t]+\S|-[ \t])))*/.exec(
      after,
    )?.[0].length ?? 0)
  const rest = text.slice(0, start) + text.slice(end)
  const values = parseYaml(rest)
  const { [key]: _, ...wanted } = parseYaml(text) ?? {}
  // An alias elsewhere to what would be removed, or a form that the pattern above does not know.
  if (!values || JSON.stringify(values) !== JSON.stringify(wanted))
    return { ok: false, cause: `the key ${key} cannot be removed without a change of others` }
  return { ok: true, text: rest }
}
