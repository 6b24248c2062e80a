// Checks parameters against a task type’s schema and reports errors at their exact place in the playbook.
import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import type { TaskTypeInfo } from '../../model/catalogue.ts'
import { type Diagnostic, mistake, type SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import { TaskTypeThrew } from '../../model/taskTypeThrew.ts'
import { meantParameter } from './meantParameter.ts'
import { watchReads } from './watchReads.ts'
import { explainSchemaError } from './explainSchemaError.ts'
import { entryOf, placeOf, type YamlNode } from '../../text/yamlTree.ts'

let ajv: Ajv2020 | undefined

function schemas(): Ajv2020 {
  if (!ajv) {
    // Compiling the meta-schema costs more than all else at start-up, and the schemas are our own. A validator runs a
    // few times: making its code shorter takes longer than that saves.
    const code = { optimize: false }
    ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, meta: false, validateSchema: false, code })
    ;(ajvFormats as unknown as (ajv: Ajv2020) => void)(ajv)
  }
  return ajv
}

const compiled = new WeakMap<object, ValidateFunction>()

function validatorOf(type: TaskTypeInfo): ValidateFunction {
  let validate = compiled.get(type.params)
  if (!validate) compiled.set(type.params, (validate = schemas().compile(type.params)))
  return validate
}

/** Where parameters were written: the key of the task type, and its value. */
export interface ParamsPlace {
  readonly type: TaskTypeInfo
  readonly typeAt: SourceSpan
  readonly node: YamlNode
  /** The task has `changed_when`. */
  readonly changedWhen?: boolean
  /** The parameter that a bare value stands for. */
  readonly shorthand?: string
}

/** A parameter whose value is null is left out, as Ansible's `omit` does it; where any name is a parameter, null is a value. */
export function withoutNulls(type: TaskTypeInfo, params: Json): Readonly<Record<string, Json>> {
  const all = params as Readonly<Record<string, Json>>
  if (type.params.properties === undefined || !Object.values(all).includes(null)) return all
  return Object.freeze(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)))
}

/** As the schema knows them: conditions are strings there, and here each comes with whether it holds. */
function asWritten(type: TaskTypeInfo, params: Json): Json {
  const given = withoutNulls(type, params)
  const { conditions = [] } = type
  if (conditions.length === 0) return given
  const written = (value: Json) =>
    Array.isArray(value) ? value.map((one: Json) => (one as { condition?: string }).condition ?? one) : value
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, conditions.includes(key) ? written(value) : value]),
  )
}

/** `holes`: JSON pointers of what is not known yet; nothing is said of them. */
export function checkParams(place: ParamsPlace, given: Json, holes: readonly string[] = []): readonly Diagnostic[] {
  const params = asWritten(place.type, given)
  const validate = validatorOf(place.type)
  if (!validate(params)) {
    const errors = (validate.errors ?? []).filter((error) => !concernsHole(error, holes))
    if (errors.length > 0 || holes.length === 0) return explainAll(errors, place, params)
  }
  if (!place.type.check) return []
  const { value, wasRead } = watchReads(params, holes)
  let problems: readonly ParamProblem[] = []
  try {
    problems = ownProblems(place, value)
  } catch (error) {
    // What stands in for a part is of another type.
    if (!wasRead()) throw error
  }
  // What it says after a look at what is not known may follow from that.
  if (wasRead()) return []
  return problems.map(({ path, message, hint }) => {
    const pointer = path === '' || path.startsWith('/') ? path : `/${path.replaceAll('.', '/')}`
    return mistake(
      'bad-parameter',
      pointer === '' ? `${place.type.name} ${message}` : message,
      nodeAt(place, pointer).at,
      hint,
    )
  })
}

/** Whether they can be right: where a stand-in for what is not known fits, the type's own check counts too. */
export function canBeRight(place: ParamsPlace, given: Json, holes: readonly string[]): boolean {
  if (checkParams(place, given, holes).length > 0) return false
  const params = asWritten(place.type, given)
  return holes.length === 0 || !validatorOf(place.type)(params) || ownProblems(place, params).length === 0
}

interface ParamProblem {
  readonly path: string
  readonly message: string
  readonly hint?: string
}

/** What the type's own check says; what a site's check throws is a mistake of the site. */
function ownProblems({ type, changedWhen }: ParamsPlace, params: Json): readonly ParamProblem[] {
  try {
    return type.check?.(params as never, { changedWhen: changedWhen === true }) ?? []
  } catch (error) {
    if (error instanceof TaskTypeThrew)
      return [{ path: '', message: `cannot be checked: ${error.message}`, hint: 'fix the task type' }]
    throw error
  }
}

/** Said of what is not known, of something in it, or of a choice that depends on it. */
function concernsHole(error: ErrorObject, holes: readonly string[]): boolean {
  const structural = error.keyword === 'required' || error.keyword === 'additionalProperties'
  return holes.some(
    (hole) =>
      error.instancePath === hole ||
      error.instancePath.startsWith(`${hole}/`) ||
      (!structural && (hole.startsWith(`${error.instancePath}/`) || error.instancePath === '')),
  )
}

function explainAll(errors: readonly ErrorObject[], place: ParamsPlace, params: Json): readonly Diagnostic[] {
  // What is said of the branches of a choice is covered by the choice itself.
  const meant = new Set(
    errors.flatMap((error) => {
      if (error.keyword !== 'additionalProperties') return []
      const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {})
      const name = meantParameter(String(error.params.additionalProperty), known, Object.keys(error.data as object))
      return name === undefined ? [] : [`${error.instancePath}/${name}`]
    }),
  )
  const choices = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')
  const missing = new Map<string, string[]>()
  const found: Diagnostic[] = []
  for (const error of errors) {
    const inside = choices.some((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`))
    if (inside || error.keyword === 'if') continue
    if (error.keyword === 'required') {
      // It is there under another name, of which is said what it should be.
      if (meant.has(`${error.instancePath}/${error.params.missingProperty}`)) continue
      const fields = missing.get(error.instancePath) ?? []
      fields.push(`'${error.params.missingProperty}'`)
      missing.set(error.instancePath, fields)
      continue
    }
    found.push(explainSchemaError(error, { owner: place.type.name, params, ...locate(error, place) }))
  }
  for (const [pointer, fields] of missing) {
    const { at } = pointer === '' ? { at: place.typeAt } : nodeAt(place, pointer)
    const owner = pointer === '' ? place.type.name : `'${pointer.split('/').at(-1)}'`
    found.push(mistake('missing-parameter', `${owner} needs ${listed(fields)}`, at, describe(place, pointer, fields)))
  }
  return found
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

function describe(place: ParamsPlace, pointer: string, fields: readonly string[]): string | undefined {
  const properties = place.type.params.properties as Readonly<Record<string, { description?: string }>> | undefined
  const [first] = fields
  if (pointer !== '' || fields.length !== 1 || !first) return undefined
  const description = properties?.[first.slice(1, -1)]?.description
  return description && `${first}: ${description}`
}

function locate(error: ErrorObject, place: ParamsPlace): { at: SourceSpan; node?: YamlNode } {
  const extra = error.keyword === 'additionalProperties' ? String(error.params.additionalProperty) : undefined
  const found = nodeAt(place, error.instancePath)
  if (extra === undefined) return found
  const entry = found.node?.kind === 'map' ? entryOf(found.node, extra) : undefined
  return { ...found, at: entry?.keyAt ?? found.at }
}

/** As far down as the value was written out; below an expression, the expression. */
export function nodeAt(place: ParamsPlace, pointer: string): { at: SourceSpan; node?: YamlNode } {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (place.shorthand !== undefined) {
    if (keys[0] !== place.shorthand) return { at: place.typeAt }
    keys.shift()
  }
  let node = place.node
  let at = keys.length === 0 && place.shorthand === undefined ? place.typeAt : placeOf(node)
  for (const key of keys) {
    const next: YamlNode | undefined =
      node.kind === 'map' ? entryOf(node, key)?.value : node.kind === 'list' ? node.items[Number(key)] : undefined
    if (!next) return { at }
    node = next
    at = node.start === node.end ? (at ?? placeOf(node)) : placeOf(node)
  }
  return { at, node }
}
