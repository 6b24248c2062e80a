// Which facts an expression names, and whether it names them as they can be read.
import type { ASTNode } from '@marcbachmann/cel-js'
import { type Diagnostic, mistake } from '../model/diagnostic.ts'
import { suggestion } from '../model/didYouMean.ts'
import type { FactUse } from '../model/computed.ts'
import { FACTS_NAME } from '../model/facts.ts'
import type { TextPlace } from './scalarOffsets.ts'
import type { RecordType } from './valueType.ts'

export interface FactUses {
  /** With everything written out: what is asked before the expression is evaluated. */
  readonly uses: readonly FactUse[]
  readonly problems: readonly Diagnostic[]
}

type Access = Extract<ASTNode, { op: '.' | '.?' | '[]' | '[?]' }>

export function factUses(root: ASTNode, facts: RecordType, place: TextPlace): FactUses {
  const uses: FactUse[] = []
  const problems: Diagnostic[] = []
  const blame = (node: ASTNode, message: string, hint?: string) =>
    problems.push(mistake('bad-fact', message, place.at(node.start, Math.max(1, node.end - node.start)), hint))

  /** `accesses`: what is read of the node, the nearest first. */
  const visit = (node: ASTNode, accesses: readonly Access[]): void => {
    if (node.op === 'id' && node.args === FACTS_NAME) return named(node, accesses)
    if (isAccess(node)) {
      visit(node.args[0], [node, ...accesses])
      if (node.op === '[]' || node.op === '[?]') visit(node.args[1], [])
      return
    }
    for (const part of partsOf(node)) visit(part, [])
  }

  const named = (node: ASTNode, [first, second]: readonly Access[]): void => {
    if (!first)
      return void blame(node, `'${FACTS_NAME}' has no value of its own`, 'name the fact, such as facts.hostname')
    const name = keyOf(first)
    if (typeof name !== 'string')
      return void blame(first, 'the name of a fact must be written out', 'such as facts.hostname')
    const type = facts.fields[name]
    if (!type) {
      const hint = suggestion(name, Object.keys(facts.fields))
      problems.push(mistake('unknown-fact', `there is no fact '${name}'`, nameIn(first, name, place), hint))
    } else if (type.kind !== 'keyed') uses.push({ name, key: '' })
    else if (!second) blame(first, `the fact '${name}' needs ${type.key}`, `write ${FACTS_NAME}.${name}['…']`)
    else {
      const key = keyOf(second)
      if (key === undefined) return
      if (typeof key === 'string' && type.fits(key)) uses.push({ name, key })
      else
        problems.push(
          mistake(
            'bad-fact',
            `the key of '${FACTS_NAME}.${name}' must be ${type.key}, not '${String(key)}'`,
            nameIn(second, String(key), place),
          ),
        )
    }
  }

  visit(root, [])
  return { uses, problems }
}

const isAccess = (node: ASTNode): node is Access => ['.', '.?', '[]', '[?]'].includes(node.op)

/** What is written as the key; undefined when it is computed. */
function keyOf({ op, args }: Access): unknown {
  if (op === '.' || op === '.?') return args[1]
  const key = args[1]
  return key.op === 'value' ? key.args : undefined
}

function nameIn(access: Access, name: string, place: TextPlace): ReturnType<TextPlace['at']> {
  const written = access.op === '[]' || access.op === '[?]' ? access.args[1] : undefined
  return written
    ? place.at(written.start, Math.max(1, written.end - written.start))
    : place.at(access.pos, Math.max(1, name.length))
}

function partsOf({ op, args }: ASTNode): readonly ASTNode[] {
  if (op === 'value' || op === 'id') return []
  return (Array.isArray(args) ? (args.flat(2) as readonly unknown[]) : [args]).filter(isNode)
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value
