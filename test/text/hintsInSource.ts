// The hints that a source file holds: the strings that stand where a hint is given.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vitest/node'

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

/** By the name of a function or a class: which argument is the hint; more than one where it is the name of several. */
type Takers = ReadonlyMap<string, readonly number[]>

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value
const nameOf = (value: unknown): string => (isNode(value) ? String(value['name'] ?? nameOf(value['property'])) : '')

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) return value.forEach((one) => visit(one, look))
  if (!isNode(value)) return
  look(value)
  Object.values(value).forEach((inner) => visit(inner, look))
}

/** Functions, methods, constructors and their types that have a parameter `hint`. `shared`: only those that other files can call. */
function takersIn(tree: unknown, shared = false): Takers {
  const takers = new Map<string, readonly number[]>()
  const note = (name: unknown, taker: unknown) => {
    if (!isNode(taker)) return
    const inner = isNode(taker['typeAnnotation']) ? taker['typeAnnotation'] : taker
    const params = (inner['params'] ?? []) as readonly Node[]
    const at = params.findIndex((one) => /hint$/i.test(nameOf(one) || nameOf(one['left'])))
    if (at >= 0 && nameOf(name) !== '') takers.set(nameOf(name), [...(takers.get(nameOf(name)) ?? []), at])
  }
  const exported = new Set<unknown>()
  visit(tree, (node) => {
    if (node.type === 'ExportNamedDeclaration')
      [node['declaration'], ...(((node['declaration'] as Node | null)?.['declarations'] ?? []) as Node[])].forEach(
        (one) => exported.add(one),
      )
    const reached = !shared || exported.has(node)
    if (node.type === 'FunctionDeclaration' && reached) note(node['id'], node)
    if (node.type === 'VariableDeclarator' && reached) note(node['id'], node['init'])
    if (/^(MethodDefinition|Property|PropertyDefinition)$/.test(node.type)) note(node['key'], node['value'])
    if (node.type === 'TSMethodSignature') note(node['key'], node)
    if (node.type === 'TSPropertySignature' && isNode(node['typeAnnotation']))
      note(node['key'], node['typeAnnotation']['typeAnnotation'])
    if (node.type === 'ClassDeclaration')
      visit(node['body'], (part) => {
        if (part.type === 'MethodDefinition' && part['kind'] === 'constructor') note(node['id'], part['value'])
      })
  })
  return takers
}

/** What an expression may be, `…` for what is not known before the run; nothing for what is not a string. */
function textsOf(value: unknown): readonly string[] {
  if (!isNode(value)) return []
  const inner = (key: string) => textsOf(value[key])
  switch (value.type) {
    case 'Literal':
      return typeof value['value'] === 'string' ? [value['value']] : []
    case 'TemplateLiteral': {
      const parts = value['quasis'] as readonly { readonly value: { readonly cooked: string } }[]
      return [parts.map((part) => part.value.cooked).join('…')]
    }
    case 'ConditionalExpression':
      return [...inner('consequent'), ...inner('alternate')]
    case 'LogicalExpression':
      return [...inner('left'), ...inner('right')]
    case 'BinaryExpression': {
      const ends = inner('right')
      const known = (texts: readonly string[]) => (texts.length > 0 ? texts : ['…'])
      return value['operator'] === '+'
        ? known(inner('left')).flatMap((start) => known(ends).map((end) => start + end))
        : []
    }
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return inner('expression')
    case 'ArrowFunctionExpression':
      return inner('body')
    case 'ObjectExpression':
      return (value['properties'] as readonly Node[]).flatMap((one) => textsOf(one['value']))
    default:
      return []
  }
}

/** Which member of a tuple is the hint: by its label, as in `[cause: string, hint: string]`. `named`: types of the file. */
function labelledIn(type: unknown, named: ReadonlyMap<string, unknown>): number | undefined {
  let at: number | undefined
  visit(type, (node) => {
    if (node.type === 'TSTypeReference' && at === undefined)
      at = labelledIn(named.get(nameOf(node['typeName'])), new Map())
    if (node.type !== 'TSTupleType') return
    const labels = (node['elementTypes'] as readonly Node[]).map((one) => nameOf(one['label']))
    if (labels.includes('hint')) at = labels.indexOf('hint')
  })
  return at
}

/** `…` for each `${…}`. Each hint once. `others`: what takes a hint in other files. */
export function hintsOf(source: string, others: Takers = new Map()): readonly string[] {
  const found = new Set<string>()
  const tree = parseAst(source, { lang: 'ts' })
  const takers = new Map([...others, ...takersIn(tree)])
  const constants = new Map<string, unknown>()
  const types = new Map<string, unknown>()
  visit(tree, (node) => {
    if (node.type === 'TSTypeAliasDeclaration') types.set(nameOf(node['id']), node['typeAnnotation'])
    if (node.type === 'VariableDeclarator') constants.set(nameOf(node['id']), node['init'])
  })
  const add = (value: unknown) =>
    textsOf(isNode(value) && value.type === 'Identifier' ? constants.get(nameOf(value)) : value)
      .filter((text) => /[ =]/.test(text))
      .forEach((text) => found.add(text))
  visit(tree, (node) => {
    if (node.type === 'Property' && /^(hint|stillDue)$/.test(nameOf(node['key']))) add(node['value'])
    if (node.type === 'VariableDeclarator' && /hints?$/i.test(nameOf(node['id']))) add(node['init'])
    if (node.type === 'AssignmentPattern' && /hint$/i.test(nameOf(node['left']))) add(node['right'])
    const typed = node.type === 'VariableDeclarator' ? (node['id'] as Node)['typeAnnotation'] : node['returnType']
    const member = labelledIn(typed, types)
    if (member !== undefined)
      visit(node['init'] ?? node['body'], (part) => {
        if (part.type === 'ArrayExpression') add((part['elements'] as readonly unknown[])[member])
      })
    const made = node.type === 'VariableDeclarator' ? node['init'] : node
    if (isNode(made) && /Function/.test(made.type) && /hint/i.test(nameOf(node['id'])))
      visit(made['body'], (part) => {
        if (part.type === 'ReturnStatement') add(part['argument'])
      })
    if (node.type === 'CallExpression' || node.type === 'NewExpression') {
      const given = node['arguments'] as readonly unknown[]
      takers.get(nameOf(node['callee']))?.forEach((index) => add(given[index]))
    }
  })
  return [...found]
}

const root = fileURLToPath(new URL('../../', import.meta.url))

const SOURCES = ['src', 'tasks', 'facts', 'checks'].flatMap((room) =>
  readdirSync(`${root}${room}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('_pb.ts'))
    .map((path) => [`${room}/${path}`, readFileSync(`${root}${room}/${path}`, 'utf8')] as const),
)

const SHARED = new Map<string, readonly number[]>()
for (const [, source] of SOURCES.filter(([, text]) => /hint/i.test(text)))
  for (const [name, indices] of takersIn(parseAst(source, { lang: 'ts' }), true))
    SHARED.set(name, [...new Set([...(SHARED.get(name) ?? []), ...indices])])

/** File and hint of each, in the rooms that talk to users. */
export const HINTS: readonly (readonly [file: string, hint: string])[] = SOURCES.flatMap(([file, source]) =>
  hintsOf(source, SHARED).map((hint) => [file, hint] as const),
)

/** Whether what was said is this hint, with anything for each `…`. */
export const fitsHint = (said: string | undefined, hint: string): boolean => patternOf(hint).test(said ?? '')

export function patternOf(hint: string): RegExp {
  return new RegExp(
    `^${hint
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^]*')}$`,
  )
}
