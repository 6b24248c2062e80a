// Candidates for what an expression with a wrong type was meant to be; each is compiled before it is shown.
import type { ASTNode, ParseError, TypeError } from '@marcbachmann/cel-js'
import { maskQuotes } from './maskQuotes.ts'
import type { ValueType } from './valueType.ts'

export function replaceNode(text: string, node: ASTNode, other: string): string {
  return `${text.slice(0, node.start)}${other}${text.slice(node.end)}`.trim()
}

const isNode = (node: unknown): node is ASTNode => typeof node === 'object' && node !== null && 'op' in node

/** The type that the checker found, by its name in CEL. */
const checkedName = (node: ASTNode): string => (node as { checkedType?: { name: string } }).checkedType?.name ?? 'dyn'

const literalNumber = (node: ASTNode): string | undefined =>
  node.op === 'value' && typeof node.args === 'string' && /^-?\d+(\.\d+)?$/.test(node.args) ? node.args : undefined

export function repairsOf(error: TypeError | ParseError, text: string): readonly string[] {
  const { node } = error
  if (!isNode(node)) return []
  if (error.summary.includes('orValue() receiver must be optional')) return withoutOptional(text, node)
  if (error.code === 'invalid_logical_operand' || error.code === 'invalid_condition_type')
    return operandsOf(node).flatMap((operand) =>
      asCondition(text.slice(operand.start, operand.end), checkedName(operand)).map((one) =>
        replaceNode(text, operand, one),
      ),
    )
  if (error.code !== 'no_such_overload' || !Array.isArray(node.args)) return []
  const [left, right] = node.args as readonly unknown[]
  if (!isNode(left) || !isNode(right)) return []
  const slice = (part: ASTNode) => text.slice(part.start, part.end)
  const whole = { ...node, start: left.start, end: right.end } as ASTNode
  const found: string[] = []
  if (node.op === 'in') found.push(replaceNode(text, whole, `${slice(right)}.contains(${slice(left)})`))
  for (const part of [left, right]) {
    const number = literalNumber(part)
    if (number !== undefined) found.push(replaceNode(text, part, number))
  }
  const strings = [left, right].filter((part) => checkedName(part) === 'string')
  // The number in a string that is written out was found above.
  const asNumbers = strings
    .filter(({ op }) => op !== 'value')
    .map((part) => replaceNode(text, part, `int(${slice(part)})`))
  const asStrings = [left, right]
    .filter((part) => !strings.includes(part) && strings.length > 0)
    .map((part) => replaceNode(text, part, `string(${slice(part)})`))
  const joins = node.op === '+' || node.op === '==' || node.op === '!='
  return [...found, ...(joins ? [...asStrings, ...asNumbers] : [...asNumbers, ...asStrings])]
}

/** `x.orValue(y)` of a variable, and of a field that was not asked for with `.?`. */
function withoutOptional(text: string, { start, end }: ASTNode): readonly string[] {
  const owner = text.slice(start, end)
  const [, given] = /^\s*\.orValue\(([^()]*)\)/.exec(text.slice(end)) ?? []
  if (given === undefined) return []
  const last = text.indexOf(')', end) + 1
  const put = (other: string) => `${text.slice(0, start)}${other}${text.slice(last)}`.trim()
  const field = owner.lastIndexOf('.')
  const choice = `has(${owner}) ? ${owner} : ${given}`
  return [
    ...(field > 0 ? [put(`${owner.slice(0, field)}.?${owner.slice(field + 1)}.orValue(${given})`)] : []),
    put(`${text.slice(0, start)}${text.slice(last)}`.trim() === '' ? choice : `(${choice})`),
  ]
}

function operandsOf(node: ASTNode): readonly ASTNode[] {
  const inner = (Array.isArray(node.args) ? (node.args as readonly unknown[]) : [node.args]).filter(isNode)
  return [...inner.slice(0, 2), node]
}

/** What a value of the type could be asked for, where true or false is needed. */
export function asCondition(text: string, type: ValueType['kind'] | (string & {})): readonly string[] {
  const value = /[-+*/%<>=!?&|]| in /.test(maskQuotes(text)) ? `(${text.trim()})` : text.trim()
  if (type === 'string' || type === 'text') return [`${value} != ''`]
  if (type === 'int' || type === 'double' || type === 'integer' || type === 'number') return [`${value} != 0`]
  if (/^(list|map)/.test(type)) return [`size(${text.trim()}) > 0`]
  // The name of a type, such as string, has no fields.
  return type === 'type' ? [] : [`${value}.changed`]
}
