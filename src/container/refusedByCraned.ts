// What is wrong with `Container:` as it stands in a file: what makes craned end when it reads it, and what fails each job.
import { type ErrorObject, Ajv } from 'ajv'
import { checkCraneContainer } from './checkCraneContainer.ts'
import { type CraneContainer, craneContainer } from './craneContainerParams.ts'
import { mapAt } from './craneConfigFile.ts'
import type { MetaCniMistake as Mistake } from './metaCni.ts'

/** yaml-cpp takes these words for truth values, in lower case, capitalised or in upper case. */
const TRUTH = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/

/** A mistake of the section. */
export interface Refusal extends Mistake {
  /** Whether craned ends. It starts with a path that it cannot use, and each container job that needs it fails. */
  readonly ends: boolean
}

/**
 * Takes the section as it is in the file and returns what is wrong with it; `path` is a JSON pointer into the section.
 * A section that is not enabled is not read any further.
 */
export function refusedByCraned(given: Readonly<Record<string, unknown>>): readonly Refusal[] {
  const section = withoutUnread(given)
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
  const others = checkCraneContainer(section as CraneContainer, 'refused')
  return [...missing, ...others].map((mistake) => ({ ...mistake, ends: !mistake.path.startsWith('/BindFs') }))
}

/** Mappings are read only where subordinate ids are managed. */
function withoutUnread(section: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const subId = mapAt(section, 'SubId')
  const managed = subId['Managed']
  if (managed !== undefined && managed !== false && !/^(n|no|false|off)$/i.test(String(managed))) return section
  const { UidMappings: _uids, GidMappings: _gids, ...read } = subId
  return typeof section['SubId'] === 'object' && section['SubId'] !== null ? { ...section, SubId: read } : section
}

let check: ReturnType<Ajv['compile']> | undefined

/** Not by typebox: loading what checks values with it takes milliseconds of every start. */
function errorsOf(section: Readonly<Record<string, unknown>>): readonly ErrorObject[] {
  const options = {
    allErrors: true,
    strict: false,
    meta: false,
    validateSchema: false,
    verbose: true,
    code: { optimize: false },
  }
  check ??= new Ajv(options).compile(craneContainer)
  return check(section) ? [] : (check.errors ?? [])
}

function typeMistakes(section: Readonly<Record<string, unknown>>): readonly Refusal[] {
  const mistakes = new Map<string, Refusal>()
  for (const error of errorsOf(section)) {
    const { instancePath: path, keyword, params } = error
    const value = valueAt(section, path)
    if (value === undefined || keyword === 'boolean' || keyword === 'additionalProperties') continue
    const type = keyword === 'type' ? (params as { readonly type?: unknown }).type : undefined
    // A quoted number or truth value is one for yaml-cpp.
    if (type === 'boolean' && typeof value === 'string' && TRUTH.test(value)) continue
    if ((type === 'integer' || type === 'number') && typeof value === 'string' && /^\d+$/.test(value)) continue
    if (!mistakes.has(path))
      mistakes.set(path, {
        path,
        message: `is ${JSON.stringify(value)}, and ${inWords(error)}`,
        ends: !(keyword === 'pattern' && /(Endpoint|Binary)$/.test(path)),
      })
  }
  return [...mistakes.values()]
}

/** In the words of this program; a pattern has words of its own. */
function inWords({ keyword, message, params, parentSchema }: ErrorObject): string {
  const { limit, missingProperty } = params as { readonly limit?: number; readonly missingProperty?: string }
  const own = (parentSchema as { readonly errorMessage?: string } | undefined)?.errorMessage
  switch (keyword) {
    case 'pattern':
      return own ?? String(message)
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'minItems':
      return 'must not be empty'
    case 'required':
      return `needs ${missingProperty}`
    default:
      return String(message)
        .replace(/ boolean$/, ' true or false')
        .replace(/ integer$/, ' an integer')
        .replace(/ array$/, ' a list')
        .replace(/ object$/, ' a map')
        .replace(/ (string|number)$/, ' a $1')
  }
}

const valueAt = (section: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((below, key) => (below as Readonly<Record<string, unknown>> | null | undefined)?.[key], section)
