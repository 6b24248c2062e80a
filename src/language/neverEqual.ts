// Comparisons with a string that the value never is: `facts.os.family == 'RedHat'` compiles, and no host is meant.
import type { ASTNode } from '@marcbachmann/cel-js'
import { type Diagnostic, mistake } from '../model/diagnostic.ts'
import { didYouMean, suggestion } from '../model/didYouMean.ts'
import { replaceNode } from './repairs.ts'
import type { TextPlace } from './scalarOffsets.ts'
import type { Mistaken } from './unknownNames.ts'
import type { TextType, ValueType } from './valueType.ts'
import type { Comparison } from './walkExpression.ts'

type Types = ReadonlyMap<string, ValueType>
type Literal = ASTNode & { readonly args: string }

export function neverEqual(
  comparisons: readonly Comparison[],
  text: string,
  place: TextPlace,
  types: Types,
): Mistaken | undefined {
  const problems: Diagnostic[] = []
  const repairs: string[] = []
  for (const { node, bound } of comparisons)
    for (const [value, literals] of sidesOf(node)) {
      const type = typeAt(value, bound, types)
      if (type?.kind !== 'text') continue
      for (const literal of literals) {
        if (literal.args === '' || mayBe(type, literal.args)) continue
        const message = `'${text.slice(value.start, value.end)}' is never '${literal.args}'`
        const at = place.at(literal.start, literal.end - literal.start)
        const meant = meantBy(type, literal.args)
        problems.push(mistake('never-equal', message, at, hintFor(type, literal.args)))
        if (meant !== undefined) repairs.push(replaceNode(text, literal, `'${meant}'`))
      }
    }
  return problems.length > 0 ? { problems, repairs: problems.length === 1 ? repairs : [] } : undefined
}

/** A value, and the strings that it is compared with. */
function sidesOf({ op, args }: ASTNode): readonly (readonly [ASTNode, readonly Literal[]])[] {
  const [left, right] = args as readonly ASTNode[]
  if (!left || !right) return []
  if (op === 'in') return right.op === 'list' ? [[left, right.args.filter(isLiteral)]] : []
  if (op === '[]') return left.op === 'map' ? [[right, left.args.map(([key]) => key).filter(isLiteral)]] : []
  if (isLiteral(left)) return [[right, [left]]]
  return isLiteral(right) ? [[left, [right]]] : []
}

const isLiteral = (node: ASTNode): node is Literal => node.op === 'value' && typeof node.args === 'string'

/** Of an expression that is a string read from somewhere: all that is known of it. */
export function textTypeOf(node: ASTNode, types: Types): TextType | undefined {
  const type = typeAt(node, new Set(), types)
  return type?.kind === 'text' ? type : undefined
}

/** Undefined where it is known with the values only. */
function typeAt(node: ASTNode, bound: ReadonlySet<string>, types: Types): ValueType | undefined {
  if (node.op === 'id') return bound.has(node.args) ? undefined : types.get(node.args)
  if (node.op !== '.' && node.op !== '[]') return undefined
  const [owner, key] = node.args
  const type = typeAt(owner, bound, types)
  if (type?.kind === 'list' || type?.kind === 'map' || type?.kind === 'keyed') return type.of
  if (type?.kind !== 'record') return undefined
  const name = typeof key === 'string' ? key : isLiteral(key) ? key.args : undefined
  return name === undefined ? undefined : type.fields[name]
}

const mayBe = ({ values, pattern }: TextType, text: string): boolean =>
  pattern ? pattern.test(text) : (values?.includes(text) ?? true)

/** Undefined too where two are near, and neither is the same but for its case. */
function meantBy(type: TextType, text: string): string | undefined {
  const { values = [] } = type
  const lower = text.toLowerCase()
  const same = values.find((value) => value.toLowerCase() === lower)
  const near = values.filter((value) => didYouMean(text, [value]) !== undefined)
  return [same, near.length === 1 ? near[0] : undefined, lower].find((one) => one !== undefined && mayBe(type, one))
}

function hintFor({ values = [], pattern }: TextType, text: string): string | undefined {
  if (!pattern)
    return suggestion(
      text,
      values.filter((value) => value !== ''),
    )
  return values.length > 0 ? `write one such as ${values.join(', ')}` : `write a string that matches ${pattern.source}`
}
