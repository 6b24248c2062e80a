// Explains one violation of a JSON Schema in plain words.
import type { ErrorObject } from 'ajv'
import { type Diagnostic, mistake, type SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import { suggestion } from '../../model/didYouMean.ts'
import { TASK_KEYWORDS } from '../parse/keywords.ts'
import { meantParameter } from './meantParameter.ts'
import { booleanHint } from '../parse/parseKeywords.ts'
import { describeNode, describeValue, placeOf, writtenAs, type YamlNode } from '../../text/yamlTree.ts'

interface Where {
  /** The task type. */
  readonly owner: string
  readonly at: SourceSpan
  /** What was written there; absent when the value came out of an expression. */
  readonly node?: YamlNode
  readonly params: Json
}

type Schema = Readonly<Record<string, unknown>>

export function explainSchemaError(error: ErrorObject, where: Where): Diagnostic {
  const name = nameOf(error.instancePath, where.owner)
  const value = describe(error, where)
  const parent = (error.parentSchema ?? {}) as Schema
  switch (error.keyword) {
    case 'additionalProperties': {
      const extra = String(error.params.additionalProperty)
      const known = Object.keys((parent.properties ?? {}) as object)
      const top = error.instancePath === ''
      const what = top ? `${where.owner} has no parameter '${extra}'` : `${name} has no key '${extra}'`
      const all = known.length > 0 ? `${top ? 'its parameters are' : 'its keys are'} ${known.join(', ')}` : undefined
      const meant = meantParameter(extra, known, Object.keys(error.data as object))
      const keyword = top && (TASK_KEYWORDS as readonly string[]).includes(extra)
      const near = meant === undefined ? all : `did you mean '${meant}'? ${all}`
      const hint = keyword ? `write it beside '${where.owner}', as a keyword of the task` : near
      return mistake('unknown-parameter', what, where.at, hint)
    }
    case 'type':
      return wrongType([parent], name, value, where)
    case 'enum':
      return wrongChoice(error.schema as readonly Json[], name, value, error, where)
    case 'const':
      return wrongChoice([error.schema as Json], name, value, error, where)
    case 'anyOf':
    case 'oneOf': {
      const branches = error.schema as readonly Schema[]
      if (branches.every((branch) => 'const' in branch))
        return wrongChoice(
          branches.map((branch) => branch.const as Json),
          name,
          value,
          error,
          where,
        )
      return explainBranches(branches, name, value, error, where)
    }
    case 'pattern':
    case 'format': {
      const own = parent.errorMessage
      const rule = error.keyword === 'pattern' ? `it must match ${error.schema}` : `it must be a ${error.schema}`
      const what = typeof own === 'string' ? `${name} ${own}, not ${value}` : `${name} cannot be ${value}`
      return mistake(
        'bad-parameter',
        what,
        where.at,
        hintFor(error.data, parent) ?? describedAs(parent) ?? (typeof own === 'string' ? undefined : rule),
      )
    }
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return mistake(
        'bad-parameter',
        error.schema === 1 ? `${name} must not be empty` : `${name} needs at least ${error.schema}`,
        where.at,
        describedAs(parent),
      )
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return mistake(
        'bad-parameter',
        `${name} must be ${COMPARISONS[error.keyword]} ${error.schema}, not ${value}`,
        where.at,
        describedAs(parent),
      )
    case 'uniqueItems':
      return mistake('bad-parameter', `${name} contains the same item twice`, where.at)
    case 'dependentRequired':
    case 'dependencies':
      return mistake(
        'missing-parameter',
        `'${error.params.property}' also needs '${error.params.missingProperty}'`,
        where.at,
      )
    default:
      return mistake('bad-parameter', `${name} ${error.message ?? 'does not fit'}`, where.at, describedAs(parent))
  }
}

const COMPARISONS: Readonly<Record<string, string>> = {
  minimum: 'at least',
  maximum: 'at most',
  exclusiveMinimum: 'above',
  exclusiveMaximum: 'below',
}

/** A choice between kinds of values: what is wrong with the branch whose kind was written, if there is one. */
function explainBranches(
  branches: readonly Schema[],
  name: string,
  value: string,
  error: ErrorObject,
  where: Where,
): Diagnostic {
  const json = error.data as Json
  const near = branches.find((branch) => matchesType(branch.type, json))
  if (!near) return wrongType(branches, name, value, where)
  const hint = hintFor(json, near) ?? describedAs(near) ?? describedAs((error.parentSchema ?? {}) as Schema)
  if (typeof near.errorMessage === 'string')
    return mistake('bad-parameter', `${name} ${near.errorMessage}, not ${value}`, where.at, hint)
  const items = (near.items ?? {}) as Schema
  const wrong = Array.isArray(json) ? json.findIndex((item) => !fitsPattern(item, items)) : -1
  if (wrong >= 0 && Array.isArray(json)) {
    const node = where.node?.kind === 'list' ? where.node.items[wrong] : undefined
    const item = node ? describeNode(node) : describeValue(json[wrong])
    const what = `${name.slice(0, -1)}[${wrong}]' ${items.errorMessage}, not ${item}`
    return mistake(
      'bad-parameter',
      what,
      node ? placeOf(node) : where.at,
      hintFor(json[wrong], items) ?? describedAs(items) ?? hint,
    )
  }
  if (Array.isArray(json))
    return mistake('bad-parameter', `an item of ${name} does not fit`, where.at, hint ?? itemHint(near))
  return mistake(
    'bad-parameter',
    `${name} cannot be ${value}`,
    where.at,
    hint ?? (near.pattern ? `it must match ${near.pattern}` : undefined),
  )
}

/** True too where the items are to be something else than strings of a form that has words. */
const fitsPattern = (item: Json, { pattern, errorMessage }: Schema): boolean =>
  typeof pattern !== 'string' ||
  typeof errorMessage !== 'string' ||
  (typeof item === 'string' && new RegExp(pattern, 'u').test(item))

/** For a value that people write where something else is meant. */
function hintFor(value: unknown, { hints }: Schema): string | undefined {
  for (const [pattern = '', hint = ''] of (hints ?? []) as readonly (readonly string[])[]) {
    const found = typeof value === 'string' ? new RegExp(pattern, 'u').exec(value) : null
    if (found) return hint.replaceAll('$1', () => found[1] ?? '')
  }
  return undefined
}

function itemHint(schema: Schema): string | undefined {
  const items = schema.items as Schema | undefined
  return items && `each item must be ${typeList([items])}`
}

function wrongType(branches: readonly Schema[], name: string, value: string, where: Where): Diagnostic {
  return mistake(
    'wrong-type',
    `${name} must be ${typeList(branches)}, not ${value}`,
    where.at,
    typeHint(branches, where) ?? describedAs(branches[0] ?? {}),
  )
}

function typeHint(branches: readonly Schema[], { node }: Where): string | undefined {
  if (node?.kind !== 'scalar') return undefined
  const types = branches.flatMap((branch) => branch.type as string | string[])
  if (types.includes('boolean') && typeof node.value === 'string') return booleanHint(node)
  if (types.includes('string') && (typeof node.value === 'number' || typeof node.value === 'boolean')) {
    const written = writtenAs(node)
    const octal = /^0o?\d{3,4}$/.test(written) ? `YAML reads ${written} as the number ${node.value}: ` : ''
    const quoted = written.replace(/^0o/, '0')
    const text = branches.find((branch) => [branch.type].flat().includes('string'))
    if (typeof text?.pattern === 'string' && !new RegExp(text.pattern, 'u').test(quoted))
      return typeof text.errorMessage === 'string' ? `it ${text.errorMessage}` : undefined
    return `${octal}write '${quoted}'`
  }
  if (
    (types.includes('integer') || types.includes('number')) &&
    typeof node.value === 'string' &&
    /^-?\d+(\.\d+)?$/.test(node.value)
  )
    return `leave the quotes out: ${node.value}`
  return undefined
}

function wrongChoice(
  choices: readonly Json[],
  name: string,
  value: string,
  error: ErrorObject,
  where: Where,
): Diagnostic {
  const shown = choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)))
  const close = typeof error.data === 'string' ? suggestion(error.data, shown) : undefined
  const hint = close?.startsWith('did')
    ? close
    : where.node && choices.some((choice) => typeof choice === 'boolean')
      ? booleanHint(where.node)
      : undefined
  const what = shown.length === 1 ? `must be ${shown[0]}` : `must be one of ${shown.join(', ')}`
  return mistake('bad-parameter', `${name} ${what}, not ${value}`, where.at, hint)
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'nothing',
}

function typeList(branches: readonly Schema[]): string {
  const words = branches.flatMap((branch) => {
    if ('const' in branch) return [JSON.stringify(branch.const)]
    const inner = branch.anyOf ?? branch.oneOf
    if (Array.isArray(inner)) return [typeList(inner)]
    return [branch.type].flat().map((type) => {
      const of = type === 'array' ? (branch.items as Schema | undefined)?.type : undefined
      const plural = { string: ' of strings', integer: ' of integers', object: ' of maps' }[String(of)] ?? ''
      return `${TYPE_WORDS[String(type)] ?? 'another value'}${plural}`
    })
  })
  return [...new Set(words)].join(' or ')
}

function matchesType(type: unknown, value: Json): boolean {
  return [type].flat().some((one) => {
    if (one === 'array') return Array.isArray(value)
    if (one === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
    if (one === 'integer') return Number.isInteger(value)
    if (one === 'null') return value === null
    return typeof value === one
  })
}

const describedAs = (schema: Schema): string | undefined =>
  typeof schema.description === 'string' ? lowerFirst(schema.description) : undefined

const lowerFirst = (text: string): string =>
  text.replace(/\.$/, '').replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase())

function nameOf(pointer: string, owner: string): string {
  if (pointer === '') return owner
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  return `'${keys.join('.').replace(/\.(\d+)(?=\.|$)/g, '[$1]')}'`
}

/** What was written, where it was; else the value, which an expression gave. */
function describe(error: ErrorObject, { node }: Where): string {
  const written = node && !(node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('{{'))
  return written ? describeNode(node) : describeValue(error.data)
}
