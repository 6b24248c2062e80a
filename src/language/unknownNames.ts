// The names in an expression that nothing declares: variables, functions and methods, with what could be meant.
import type { ASTNode } from '@marcbachmann/cel-js'
import { type Diagnostic, mistake } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import { functionNames, HAS_VARIABLE } from './celEnvironment.ts'
import { adviceOn } from './jinja/ansibleNames.ts'
import { replaceNode } from './repairs.ts'
import type { TextPlace } from './scalarOffsets.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { CallUse, NameUse } from './walkExpression.ts'

/** What is wrong with an expression. */
export interface Mistaken {
  readonly problems: readonly Diagnostic[]
  /** What the whole could be instead; not tried yet. */
  readonly repairs: readonly string[]
}

export const GENERAL_HINT = 'see docs/functions.md for what to write instead'

export function unknownNames(
  names: readonly NameUse[],
  place: TextPlace,
  vocabulary: Vocabulary,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = []
  const seen = new Set<string>()
  for (const { name, start } of names) {
    if (seen.has(name)) continue
    seen.add(name)
    if (vocabulary.types.has(name)) {
      vocabulary.used(name)
      continue
    }
    const why = vocabulary.explain(name)
    const close = didYouMean(name, [...vocabulary.types.keys()])
    const hint = why ? why.hint : (adviceOn(name) ?? (close === undefined ? undefined : `did you mean '${close}'?`))
    const message = why?.message ?? `there is no variable '${name}'`
    problems.push(mistake('unknown-variable', message, place.at(start, name.length), hint))
  }
  return problems
}

export function unknownCalls(calls: readonly CallUse[], text: string, place: TextPlace): Mistaken {
  const { functions, methods } = functionNames()
  const problems: Diagnostic[] = []
  const repairs: string[] = []
  for (const { name, method, node, after } of calls) {
    if (name === HAS_VARIABLE || (method ? methods : functions).includes(name)) continue
    const at = place.at(method ? text.indexOf(name, after) : node.start, name.length)
    const close = didYouMean(name, method ? methods : functions)
    const hint = adviceOn(name) ?? (close === undefined ? GENERAL_HINT : `did you mean '${close}'?`)
    const what = `there is no ${method ? 'method' : 'function'} '${name}'`
    problems.push(mistake('unknown-function', what, at, hint))
    repairs.push(turned(node, text))
  }
  return { problems, repairs }
}

/** `f(x, y)` as `x.f(y)`, and the other way round. */
function turned(node: ASTNode, text: string): string {
  const slice = (part: ASTNode) => text.slice(part.start, part.end)
  let other = ''
  if (node.op === 'call') {
    const [name, [first, ...rest]] = node.args
    if (first) other = `${slice(first)}.${name}(${rest.map(slice).join(', ')})`
  } else if (node.op === 'rcall') {
    const [name, receiver, args] = node.args
    other = `${name}(${[receiver, ...args].map(slice).join(', ')})`
  }
  return replaceNode(text, node, other)
}
