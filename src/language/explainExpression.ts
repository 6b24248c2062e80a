// Explains an error in an expression in plain words, from the codes of the CEL checker and evaluator.
import type { ASTNode, EvaluationError, ParseError, TypeError } from '@marcbachmann/cel-js'
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'
import type { Scope } from '../model/computed.ts'
import { FACTS_NAME } from '../model/facts.ts'
import { functionNames, JOIN } from './celEnvironment.ts'
import { factInCel } from './jinja/ansibleFacts.ts'
import { suggestion } from '../model/didYouMean.ts'
import type { TextPlace } from './scalarOffsets.ts'
import type { RecordType } from './valueType.ts'
import { pathOf, pathText } from './walkExpression.ts'

type CelError = EvaluationError | ParseError | TypeError

export function explainTypeError(
  error: CelError,
  text: string,
  place: TextPlace,
  records: ReadonlyMap<string, RecordType>,
): Diagnostic {
  const node = nodeOf(error)
  const at = placeOf(error, text, place)
  switch (error.code) {
    case 'no_such_key': {
      const field = /No such key: (.*)/.exec(error.summary)?.[1] ?? ''
      const left = node && (node.op === '.' || node.op === '[]') ? node.args[0] : undefined
      const record = records.get((left as { checkedType?: { name: string } } | undefined)?.checkedType?.name ?? '')
      const owner = left ? text.slice(left.start, left.end) : 'the value'
      const what = record
        ? `'${owner}' (the ${record.name}) has no field '${field}'`
        : `'${owner}' has no field '${field}'`
      return mistake('unknown-field', what, at, record && suggestion(field, Object.keys(record.fields)))
    }
    case 'no_such_overload':
      return explainOperator(error.summary, at)
    case 'no_matching_overload':
      return explainCall(error, node, at)
    case 'invalid_logical_operand':
      return mistake(
        'type-mismatch',
        `'&&' and '||' need true or false, not ${celWords(lastType(error.summary))}`,
        at,
        conditionHint(lastType(error.summary)),
      )
    case 'invalid_condition_type':
      return mistake(
        'type-mismatch',
        `a condition must be true or false, not ${celWords(lastType(error.summary))}`,
        at,
        conditionHint(lastType(error.summary)),
      )
    case 'incompatible_ternary_branches':
      return mistake('type-mismatch', "both sides of ':' must have the same type", at, 'convert one side: string(x)')
    case 'invalid_comprehension_range':
      return mistake('type-mismatch', 'only lists and maps can be iterated over', at)
    case 'cannot_index_type':
      return mistake('type-mismatch', `${celWords(lastType(error.summary))} has no fields`, at)
    case 'invalid_macro_argument':
      return mistake('bad-expression', 'has() takes a variable or a field', at, 'such as has(result.stdout)')
    case 'function_failed':
      return mistake('bad-value', error.summary, at)
    default:
      if (/\.orValue\(\w*\) receiver must be optional/.test(error.summary))
        return mistake('bad-expression', "'.orValue(…)' is for what may be absent, such as x.?y", at)
      return mistake('bad-expression', sentence(error.summary), at)
  }
}

/** A mistake that only showed with the values of a host. */
export function explainFailure(error: EvaluationError, scope: Scope, text: string, place: TextPlace): Diagnostic {
  const node = nodeOf(error)
  const at = placeOf(error, text, place)
  switch (error.code) {
    case 'unknown_variable': {
      const name = /Unknown variable: (.*)/.exec(error.summary)?.[1] ?? ''
      return mistake('unset-variable', `'${name}' is not set`, at, `where it may be absent: has(${name}) ? ${name} : …`)
    }
    case 'no_such_key':
      return explainMissingKey(error, node, scope, text, at)
    case 'index_out_of_bounds':
      return mistake(
        'no-such-item',
        `the list ${node && 'args' in node && Array.isArray(node.args) ? `'${sliceOf(node.args[0] as ASTNode, text)}' ` : ''}is too short`,
        at,
        'check its length first: size(list)',
      )
    case 'no_such_overload':
      return explainOperator(error.summary, at)
    case 'no_matching_overload':
      return explainCall(error, node, at)
    case 'variable_type_mismatch':
    case 'field_type_mismatch':
    case 'list_item_type_mismatch':
      return mistake('type-mismatch', sentence(error.summary).replace(/'dyn<(\w+)>'/g, "'$1'"), at)
    default:
      return explainTypeError(error, text, place, new Map())
  }
}

const OTHERS_FACTS = 'set a variable from the fact on that host with setVars, and read the variable'

function explainMissingKey(
  error: CelError,
  node: ASTNode | undefined,
  scope: Scope,
  text: string,
  at: SourceSpan,
): Diagnostic {
  const key = /No such key: (.*)/.exec(error.summary)?.[1] ?? ''
  const left = node && (node.op === '.' || node.op === '[]') ? node.args[0] : undefined
  const path = left && pathOf(left)
  let owner: unknown = path && scope[path.root.name]
  for (const step of path?.steps ?? []) owner = (owner as Readonly<Record<string, unknown>> | undefined)?.[step.key]
  const keys = typeof owner === 'object' && owner !== null ? Object.keys(owner) : []
  const close = suggestion(key, keys)
  if (left && rootOf(left) === 'hostvars' && (key === FACTS_NAME || factInCel(key)))
    return mistake('no-such-field', `'${sliceOf(left, text)}' has no facts`, at, OTHERS_FACTS)
  const guard =
    path && /^[A-Za-z_]\w*$/.test(key) ? `where it may be absent: ${pathText(path)}.?${key}.orValue(…)` : undefined
  if ((owner as { skipped?: unknown } | undefined)?.skipped === true)
    return mistake('no-such-field', `'${sliceOf(left, text)}' has no '${key}' because the task was skipped`, at, guard)
  return {
    ...mistake(
      'no-such-field',
      `'${sliceOf(left, text)}' has no '${key}'`,
      at,
      close?.startsWith('did') ? close : (guard ?? close),
    ),
    ...(path?.root.name === 'groups' && path.steps.length === 0 && { subject: key }),
  }
}

/** The variable that is read from, by whatever keys. */
function rootOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args
  return node.op === '.' || node.op === '[]' ? rootOf(node.args[0]) : undefined
}

function explainOperator(summary: string, at: SourceSpan): Diagnostic {
  const match = /no such overload: (.+?) (==|!=|in|[-+*/%<>]=?) (.+)$/.exec(summary)
  if (!match) {
    const unary = /no such overload: ([!-])(.+)$/.exec(summary)
    return mistake(
      'type-mismatch',
      unary ? `'${unary[1]}' does not work on ${celWords(unary[2])}` : sentence(summary),
      at,
    )
  }
  const [, left = '', operator = '', right = ''] = match
  const types = [left, right].map((type) => type.replace(/^dyn<(.+)>$/, '$1'))
  const hint = types.includes('string') && (types.includes('int') || types.includes('double'))
  return mistake(
    'type-mismatch',
    `'${operator}' does not work between ${celWords(left)} and ${celWords(right)}`,
    at,
    hint ? 'convert one side: string(x) or int(x)' : undefined,
  )
}

function explainCall(error: CelError, node: ASTNode | undefined, at: SourceSpan): Diagnostic {
  const match = /overload for '(?:(.+)\.)?(\w+)\((.*)\)'/.exec(error.summary)
  const called = match?.[2] ?? (node?.op === 'call' ? node.args[0] : 'this')
  const name = called === JOIN ? 'join' : called
  const given = match?.[3] ? match[3].split(', ').map(celWords).join(' and ') : 'nothing'
  const on = match?.[1] ? ` of ${celWords(match[1])}` : ''
  const forms = functionNames().signatures(name).slice(0, 6)
  return mistake(
    'type-mismatch',
    `'${name}'${on} does not accept ${given}`,
    at,
    forms.length > 0 ? `its forms are ${forms.join('; ')}` : undefined,
  )
}

const WORDS: Readonly<Record<string, string>> = {
  int: 'an integer',
  uint: 'an integer',
  double: 'a number',
  string: 'a string',
  bool: 'a boolean',
  null: 'null',
  dyn: 'a value',
  type: 'the name of a type',
}

function celWords(type: string | undefined): string {
  if (type === undefined) return 'a value'
  const bare = type.replace(/^dyn<(.+)>$/, '$1')
  if (/^list\b/.test(bare)) return 'a list'
  if (/^(map|hostvars)\b/.test(bare)) return 'a map'
  if (/^optional\b/.test(bare)) return 'a value that may be absent (give a default with .orValue(…))'
  return WORDS[bare] ?? `the ${bare}`
}

const lastType = (summary: string): string | undefined => /'([^']+)'[^']*$/.exec(summary)?.[1]

function conditionHint(type: string | undefined): string | undefined {
  if (type === 'string') return "compare it: x == 'yes', x != ''"
  if (type === 'int' || type === 'double') return 'compare it: x > 0'
  if (type?.startsWith('list')) return 'check its size: size(x) > 0'
  if (type?.startsWith('result of')) return 'read one of its fields: x.changed'
  return undefined
}

const nodeOf = (error: CelError): ASTNode | undefined => {
  const { node } = error
  return node && 'op' in node ? (node as ASTNode) : undefined
}

function placeOf(error: CelError, text: string, place: TextPlace): SourceSpan {
  const node = nodeOf(error)
  const binary = node && Array.isArray(node.args) && error.code === 'no_such_overload'
  const start = binary ? node.start : (error.range?.start ?? node?.start ?? 0)
  const end = error.range?.end ?? node?.end ?? text.length
  return place.at(start, Math.max(1, end - start))
}

const sliceOf = (node: ASTNode | undefined, text: string): string =>
  node ? text.slice(node.start, node.end) : 'the value'

const sentence = (summary: string): string =>
  summary.replace(/\.$/, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
