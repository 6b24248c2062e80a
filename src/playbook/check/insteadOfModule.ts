// What to write in place of a module of Ansible, with the values that the user gave.
import { isText, placeOf, plainValue, type YamlNode } from '../../text/yamlTree.ts'
import { ANSIBLE_MODULES, type ModuleWay, NAMESAKES } from '../parse/ansibleModules.ts'

/** What a task may have in place of the module, made of this text; undefined where it would not be right. */
export type Fitted = (candidate: string) => string | undefined

/** Parameters that mean the same here wherever a task type has them. */
const SAME = [
  'owner',
  'group',
  'mode',
  'backup',
  'enabled',
  'state',
  'version',
  'chdir',
  'executable',
  'stdin',
  'creates',
]

/** A hint; undefined when the module is not known, or no way compiles. */
export function insteadOfModule(module: string, given: YamlNode, fitted: Fitted): string | undefined {
  return firstOf(Object.hasOwn(ANSIBLE_MODULES, module) ? (ANSIBLE_MODULES[module] ?? []) : [], given, fitted)
}

/** Of a task type that is called as a module of Ansible: the parameter that is written as there, and what to write. */
export function insteadOfOneLine(
  type: string,
  given: YamlNode,
  fitted: Fitted,
): { readonly param: string; readonly hint: string | undefined } | undefined {
  const namesake = Object.hasOwn(NAMESAKES, type) && NAMESAKES[type]
  const param = namesake && isText(given) && namesake.params.find((name) => given.value.startsWith(`${name}=`))
  return namesake && param ? { param, hint: firstOf(namesake.ways, given, fitted) } : undefined
}

function firstOf(ways: (typeof ANSIBLE_MODULES)[string], given: YamlNode, fitted: Fitted): string | undefined {
  const values = valuesOf(given)
  for (const way of ways) {
    const { where, write, also }: ModuleWay = typeof way === 'string' ? { write: way } : way
    if (where !== undefined && !holds(where, values)) continue
    if (write.startsWith('!')) return write.slice(1)
    const [found] = [fill(write, values), fill(write, new Map())].flatMap((one) => (one && fitted(one)) ?? [])
    if (found !== undefined) {
      const shown = withSame(found, values, fitted)
      const left = leftOut(values, write, where, shown)
      return [`use \`${shown}\``, ...(left.length === 0 ? [] : [`it leaves out ${left.join(', ')}`]), also ?? []]
        .flat()
        .join('; ')
    }
    // What was meant is known: another way would say something else.
    if (where !== undefined) return undefined
  }
  return undefined
}

/** Package lists are fetched when they are needed, and what is named is to be there. */
const NOT_MISSED = /^(update_cache|cache_valid_time|state=(present|installed|file))$/

/** Parameters that the user gave and the proposal does not have. */
function leftOut(values: Values, write: string, where: string | undefined, shown: string): readonly string[] {
  const used = new Set([...write.matchAll(/<([\w|]+)/g)].flatMap(([, names = '']) => names.split('|')))
  if (used.has('all')) return [...values.keys()].filter((name) => OF_THE_MODULE.has(name))
  const condition = where?.split('=')[0]
  return [...values].flatMap(([name, node]) => {
    const known = name === 'all' || name === 'free' || name === condition || used.has(name)
    const same = SAME.includes(name) && new RegExp(`[{,] ${name}: `).test(shown)
    const given = node.kind === 'scalar' ? `${name}=${String(node.value)}` : name
    return known || same || NOT_MISSED.test(name) || NOT_MISSED.test(given) ? [] : [name]
  })
}

type Values = ReadonlyMap<string, YamlNode>

/** An expression may hold blanks and quotes. */
const PAIR = /(?:^|\s)(\w+)=("[^"]*"|'[^']*'|(?:\{\{.*?\}\}|\S)+)/g

/** Parameters of the module where all other names are variables. */
const OF_THE_MODULE: ReadonlySet<string> = new Set(['cacheable'])

/** `name=htop state=present` of a string counts as a map. */
function valuesOf(given: YamlNode): Values {
  const own = given.kind === 'map' && { ...given, entries: given.entries.filter(({ key }) => !OF_THE_MODULE.has(key)) }
  const all: [string, YamlNode] = own ? ['all', own] : ['free', given]
  if (given.kind === 'map') return new Map([all, ...given.entries.map(({ key, value }) => [key, value] as const)])
  if (!isText(given)) return given.kind === 'list' ? new Map([all]) : new Map()
  const pairs = [...given.value.matchAll(PAIR)]
  const words = given.value.replace(PAIR, '').trim()
  const text = (value: string): YamlNode => ({ ...given, value: /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value })
  const named = pairs.map(([, key = '', value = '']) => [key, text(value.replace(/^(["'])(.*)\1$/, '$2'))] as const)
  const entries = named.map(([key, value]) => ({ key, value, keyAt: placeOf(given) }))
  return new Map([
    ...(words === '' && named.length > 0 ? [['all', { ...given, kind: 'map', entries }] as const] : []),
    ...(words === '' ? [] : [['free', text(words)] as const]),
    ...named,
  ])
}

function holds(where: string, values: Values): boolean {
  const [name = '', wanted] = where.split('=')
  const value = values.get(name)
  if (!value || wanted === undefined) return value !== undefined
  return value.kind === 'scalar' && truthOf(String(value.value)) === wanted
}

/** Booleans of YAML 1.1, in which Ansible's playbooks are written. */
const truthOf = (text: string): string =>
  /^(yes|on|true)$/i.test(text) ? 'true' : /^(no|off|false)$/i.test(text) ? 'false' : text

/** Undefined when a value is missing for which there is no example. */
function fill(write: string, values: Values): string | undefined {
  let complete = true
  const text = write.replace(/<([\w|]+)(?::([^>]*))?>/g, (_whole, names: string, example: string | undefined, at) => {
    const quote = quoteAround(write, Number(at))
    const node = names.split('|').flatMap((name) => values.get(name) ?? [])[0]
    const written = node && (quote === undefined ? writtenFlow(node) : writtenInside(node, quote))
    if (written !== undefined) return written
    if (example === undefined) complete = false
    return example ?? ''
  })
  return complete ? text : undefined
}

/** The quote inside which an offset of a one-line flow map is. */
function quoteAround(text: string, offset: number): string | undefined {
  let open: string | undefined
  for (const letter of text.slice(0, offset)) {
    if (open === undefined && (letter === "'" || letter === '"')) open = letter
    else if (letter === open) open = undefined
  }
  return open
}

const LONGEST = 100

function writtenInside(node: YamlNode, quote: string): string | undefined {
  const value = plainValue(node)
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
  return text.length > LONGEST || /["'\\\n]/.test(text) || (quote === "'" && text.includes('"')) ? undefined : text
}

/** The value in flow style; undefined for what would not be read on one line. */
function writtenFlow(node: YamlNode): string | undefined {
  if (node.kind === 'list') return joined(node.items.map(writtenFlow), '[', ']')
  if (node.kind === 'map')
    return joined(
      node.entries.map(({ key, value }) => {
        const written = writtenFlow(value)
        return written === undefined || !/^\w+$/.test(key) ? undefined : `${key}: ${written}`
      }),
      '{ ',
      ' }',
    )
  const { value, style } = node
  if (typeof value !== 'string') return octalOf(node) ?? String(value)
  if (value.length > LONGEST) return undefined
  if (style === 'plain' && truthOf(value) !== value) return truthOf(value)
  if (/[\n\t\\]/.test(value)) return JSON.stringify(value)
  if (/^[A-Za-z/.][\w/.@+-]*$/.test(value) && !/^(true|false|null|\.(inf|nan))$/i.test(value)) return value
  return `'${value.replaceAll("'", "''")}'`
}

/** `0644` without quotes is a mode. */
function octalOf(node: YamlNode): string | undefined {
  const text = node.source.text.slice(node.start, node.end)
  return /^0[0-7]{3,4}$/.test(text) ? `'${text}'` : undefined
}

function joined(parts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  const text = `${open}${parts.join(', ')}${close}`
  return parts.includes(undefined) || text.length > LONGEST ? undefined : text
}

/** With the user's other parameters, as far as the task type has them and they fit. */
function withSame(candidate: string, values: Values, fitted: Fitted): string {
  let text = candidate
  for (const name of SAME) {
    const node = values.get(name)
    const written = node && writtenFlow(node)
    if (written === undefined || !text.endsWith(' }') || new RegExp(`[{,] ${name}: `).test(text)) continue
    const more = `${text.slice(0, -2)}, ${name}: ${written} }`
    text = fitted(more) ?? text
  }
  return text
}
