// What makes craned end when it reads `Container:` as it stands in a file: types, ranges, and what only the keys together show.
import { Errors } from 'typebox/value'
import { checkCraneContainer } from './checkCraneContainer.ts'
import { type CraneContainer, craneContainer } from './craneContainerParams.ts'
import type { MetaCniMistake as Mistake } from './metaCni.ts'

/** yaml-cpp takes these words for truth values, in lower case, capitalised or in upper case. */
const TRUTH = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/

/**
 * Takes the section as it is in the file and returns what craned refuses in it; `path` is a JSON pointer into the section.
 * A section that is not enabled is not read any further.
 */
export function refusedByCraned(section: Readonly<Record<string, unknown>>): readonly Mistake[] {
  const enabled = section['Enabled']
  if (
    enabled === false ||
    enabled === undefined ||
    (typeof enabled === 'string' && /^(n|no|false|off)$/i.test(enabled))
  )
    return []
  const types = typeMistakes(section)
  if (types.length > 0) return types
  const endpoint = section['RuntimeEndpoint']
  const missing =
    endpoint === undefined
      ? [{ path: '/RuntimeEndpoint', message: 'is missing', hint: 'set it to the socket of the runtime' }]
      : []
  return [...missing, ...checkCraneContainer(section as CraneContainer, 'refused')]
}

function typeMistakes(section: Readonly<Record<string, unknown>>): readonly Mistake[] {
  const mistakes = new Map<string, Mistake>()
  for (const { instancePath: path, keyword, message, params } of Errors(craneContainer, section)) {
    const value = valueAt(section, path)
    if (value === undefined || keyword === 'boolean' || keyword === 'additionalProperties') continue
    const type = keyword === 'type' ? (params as { readonly type?: unknown }).type : undefined
    // A quoted number or truth value is one for yaml-cpp.
    if (type === 'boolean' && typeof value === 'string' && TRUTH.test(value)) continue
    if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^\d+$/.test(value)) continue
    if (!mistakes.has(path))
      mistakes.set(path, { path, message: `${inWords(String(message))}, and is ${JSON.stringify(value)}` })
  }
  return [...mistakes.values()]
}

const inWords = (message: string): string =>
  message
    .replace(/^must be (boolean)$/, 'must be true or false')
    .replace(/^must be (integer|array|object)$/, 'must be an $1')
    .replace(/^must be (string|number)$/, 'must be a $1')

const valueAt = (section: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((below, key) => (below as Readonly<Record<string, unknown>> | null | undefined)?.[key], section)
