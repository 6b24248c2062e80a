// What an expression reads: variables, the paths below them, and the functions it calls.
import type { ASTNode } from '@marcbachmann/cel-js'
import { HAS_VARIABLE } from './celEnvironment.ts'

export interface NameUse {
  readonly name: string
  readonly start: number
}

export interface PathStep {
  readonly key: string
  readonly start: number
  readonly length: number
}

/** `crane.partition` in which nothing is left to run time: a root that is a variable, and keys that are written down. */
export interface PathUse {
  readonly root: NameUse
  readonly steps: readonly PathStep[]
}

export interface CallUse {
  readonly name: string
  readonly method: boolean
  readonly node: ASTNode
  /** Offset behind the receiver. */
  readonly after: number
}

/** `a == b`, `a != b`, `a in b`, or `a[b]`. */
export interface Comparison {
  readonly node: ASTNode
  /** Names that stand for items there, and not for variables. */
  readonly bound: ReadonlySet<string>
}

export interface ExpressionUses {
  readonly names: readonly NameUse[]
  readonly paths: readonly PathUse[]
  readonly calls: readonly CallUse[]
  readonly comparisons: readonly Comparison[]
  /** Indices that are negative numbers. */
  readonly negatives: readonly ASTNode[]
}

const BINDING_MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
const COMPARING: ReadonlySet<string> = new Set(['==', '!=', 'in', '[]'])
/** Names that CEL itself defines. */
const BUILT_IN = new Set('string bool int uint double map list bytes null_type type google cel optional'.split(' '))

export function walkExpression(root: ASTNode): ExpressionUses {
  const names: NameUse[] = []
  const found: PathUse[] = []
  const calls: CallUse[] = []
  const negatives: ASTNode[] = []
  const comparisons: Comparison[] = []
  /** Paths whose presence the expression itself asks about. */
  const asked = new Set<string>()

  const walk = (node: ASTNode, bound: ReadonlySet<string>): void => {
    if (COMPARING.has(node.op)) comparisons.push({ node, bound })
    switch (node.op) {
      case 'value':
        return
      case 'id':
        if (!bound.has(node.args) && !BUILT_IN.has(node.args)) {
          names.push({ name: node.args, start: node.start })
          found.push({ root: { name: node.args, start: node.start }, steps: [] })
        }
        return
      case '.':
      case '.?':
      case '[]':
      case '[?]': {
        const path = pathOf(node)
        if (path && !bound.has(path.root.name) && !BUILT_IN.has(path.root.name)) {
          names.push(path.root)
          found.push(path)
          return
        }
        walk(node.args[0], bound)
        if (node.op === '[]' || node.op === '[?]') {
          if (isNegative(node.args[1])) negatives.push(node.args[1])
          walk(node.args[1], bound)
        }
        return
      }
      case 'call': {
        const [name, args] = node.args
        calls.push({ name, method: false, node, after: node.start })
        const [first] = args
        if ((name === 'has' || name === HAS_VARIABLE) && first) {
          const path = pathOf(first)
          if (path) asked.add(pathText(path))
          if (path && name === HAS_VARIABLE) {
            names.push(path.root)
            return
          }
          if (path && !bound.has(path.root.name)) {
            names.push(path.root)
            found.push({ ...path, steps: path.steps.slice(0, -1) })
            return
          }
        }
        for (const arg of args) walk(arg, bound)
        return
      }
      case 'rcall': {
        const [name, receiver, args] = node.args
        calls.push({ name, method: true, node, after: receiver.end })
        walk(receiver, bound)
        const [first, ...others] = args
        const binds = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel'
        if (first?.op === 'id' && (BINDING_MACROS.has(name) || binds)) {
          const inner = new Set(bound).add(first.args)
          if (binds && others[0]) walk(others[0], bound)
          for (const arg of binds ? others.slice(1) : others) walk(arg, inner)
        } else for (const arg of args) walk(arg, bound)
        return
      }
      case 'map':
        for (const [key, value] of node.args) {
          walk(key, bound)
          walk(value, bound)
        }
        return
      case '!_':
      case '-_':
        walk(node.args, bound)
        return
      default:
        for (const part of node.args as readonly ASTNode[]) walk(part, bound)
    }
  }
  walk(root, new Set())
  return { names, calls, negatives, comparisons, paths: found.flatMap((path) => certainPart(path, asked)) }
}

const isNegative = (node: ASTNode): boolean =>
  (node.op === '-_' && (node.args as ASTNode).op === 'value') ||
  (node.op === 'value' && typeof node.args === 'bigint' && node.args < 0n)

export const pathText = (path: PathUse): string => [path.root.name, ...path.steps.map((step) => step.key)].join('.')

/** The path without the steps that the expression asks about first; nothing when it asks about the variable itself. */
function certainPart(path: PathUse, asked: ReadonlySet<string>): PathUse[] {
  for (let length = 0; length <= path.steps.length; length++) {
    const part = { ...path, steps: path.steps.slice(0, length) }
    if (asked.has(pathText(part))) return length === 0 ? [] : [{ ...path, steps: path.steps.slice(0, length - 1) }]
  }
  return [path]
}

/** Steps end at the first that may be absent (`.?`) or that is computed. */
export function pathOf(node: ASTNode): PathUse | undefined {
  switch (node.op) {
    case 'id':
      return { root: { name: node.args, start: node.start }, steps: [] }
    case '.': {
      const base = pathOf(node.args[0])
      // `pos` of an access is where the name of the field begins.
      if (!base || isOptional(node.args[0])) return base
      return { ...base, steps: [...base.steps, { key: node.args[1], start: node.pos, length: node.args[1].length }] }
    }
    case '.?':
      return pathOf(node.args[0])
    case '[]': {
      const [left, key] = node.args
      const base = pathOf(left)
      if (!base || key.op !== 'value' || typeof key.args !== 'string' || isOptional(left)) return undefined
      return { ...base, steps: [...base.steps, { key: key.args, start: key.start, length: key.end - key.start }] }
    }
    default:
      return undefined
  }
}

function isOptional(node: ASTNode): boolean {
  if (node.op === '.?' || node.op === '[?]') return true
  return (node.op === '.' || node.op === '[]') && isOptional(node.args[0])
}
