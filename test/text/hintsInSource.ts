// The hints that a source file holds: the strings that stand where a hint is given.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vitest/node'

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

/** Which argument of a call is the hint. */
const CALLS: Readonly<Record<string, number>> = { mistake: 3, error: 3, warn: 3, refuse: 1, fail: 1 }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value
const nameOf = (value: unknown): string => (isNode(value) ? String(value['name'] ?? nameOf(value['property'])) : '')

/** `…` for each `${…}`. Each hint once. */
export function hintsOf(source: string): readonly string[] {
  const found = new Set<string>()
  visit(parseAst(source, { lang: 'ts' }))
  return [...found]

  function visit(value: unknown): void {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isNode(value)) return
    if (value.type === 'Property' && /^(hint|stillDue)$/.test(nameOf(value['key']))) add(value['value'])
    if (value.type === 'VariableDeclarator' && /hint$/i.test(nameOf(value['id']))) add(value['init'])
    if (value.type === 'CallExpression') {
      const index = CALLS[nameOf(value['callee'])]
      if (index !== undefined) add((value['arguments'] as readonly unknown[])[index])
    }
    Object.values(value).forEach(visit)
  }

  function add(value: unknown): void {
    if (!isNode(value)) return
    if (value.type === 'Literal' && typeof value['value'] === 'string' && value['value'].includes(' ')) {
      found.add(value['value'])
    } else if (value.type === 'TemplateLiteral') {
      const parts = value['quasis'] as readonly { readonly value: { readonly cooked: string } }[]
      found.add(parts.map((part) => part.value.cooked).join('…'))
    } else if (value.type === 'ConditionalExpression') {
      add(value['consequent'])
      add(value['alternate'])
    } else if (value.type === 'LogicalExpression' || value.type === 'BinaryExpression') {
      add(value['left'])
      add(value['right'])
    } else if (value.type === 'ParenthesizedExpression') add(value['expression'])
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** File and hint of each, in the rooms that talk to users. */
export const HINTS: readonly (readonly [file: string, hint: string])[] = ['src', 'tasks', 'facts', 'checks'].flatMap(
  (room) =>
    readdirSync(`${root}${room}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('_pb.ts'))
      .flatMap((path) =>
        hintsOf(readFileSync(`${root}${room}/${path}`, 'utf8')).map((hint) => [`${room}/${path}`, hint] as const),
      ),
)

/** Whether what was said is this hint, with anything for each `…`. */
export const fitsHint = (said: string | undefined, hint: string): boolean => patternOf(hint).test(said ?? '')

export const patternOf = (hint: string): RegExp =>
  new RegExp(
    `^${hint
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^]*')}$`,
  )
