// What a person used to Ansible wrote, and how it is said in CEL.
import { endOfQuotes } from './splitTemplate.ts'

export interface Habit {
  readonly offset: number
  readonly length: number
  readonly message: string
  readonly hint: string
}

const PATH = String.raw`[A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])*`

interface Rule {
  readonly pattern: RegExp
  readonly message: (match: RegExpExecArray) => string
  /** The spelling in CEL of what matched; it goes into the hint with the rest of the expression around it. */
  readonly rewrite?: (match: RegExpExecArray) => string
  /** In place of the rewritten expression. */
  readonly hint?: (match: RegExpExecArray) => string
}

const jinja = (what: string) => () => `'${what}' is Jinja; expressions are CEL`

const FILTERS: Readonly<Record<string, (subject: string, args: string) => string>> = {
  length: (x) => `size(${x})`,
  count: (x) => `size(${x})`,
  int: (x) => `int(${x})`,
  float: (x) => `double(${x})`,
  string: (x) => `string(${x})`,
  bool: (x) => `bool(${x})`,
  lower: (x) => `${x}.lowerAscii()`,
  upper: (x) => `${x}.upperAscii()`,
  trim: (x) => `${x}.trim()`,
  first: (x) => `${x}[0]`,
  last: (x) => `${x}[size(${x}) - 1]`,
  join: (x, args) => `${x}.join(${args})`,
  split: (x, args) => `${x}.split(${args || "' '"})`,
  default: withDefault,
  d: withDefault,
}

/** `a.b | default(c)` → `a.?b.orValue(c)`; a bare variable has no field to be optional. */
function withDefault(subject: string, args: string): string {
  const value = args.split(/,\s*true$/)[0] || "''"
  const dot = subject.lastIndexOf('.')
  if (dot > 0 && !subject.endsWith(']')) return `${subject.slice(0, dot)}.?${subject.slice(dot + 1)}.orValue(${value})`
  if (subject.endsWith(']')) return `${subject.replace(/\[(?=[^[]*\]$)/, '[?')}.orValue(${value})`
  return `(has(${subject}) ? ${subject} : ${value})`
}

const RULES: readonly Rule[] = [
  {
    pattern: new RegExp(`(${PATH})\\s+is\\s+not\\s+(?:defined|none)\\b`),
    message: jinja('is not defined'),
    rewrite: (m) => `!has(${m[1]})`,
  },
  {
    pattern: new RegExp(`(${PATH})\\s+is\\s+undefined\\b`),
    message: jinja('is undefined'),
    rewrite: (m) => `!has(${m[1]})`,
  },
  {
    pattern: new RegExp(`(${PATH})\\s+is\\s+defined\\b`),
    message: jinja('is defined'),
    rewrite: (m) => `has(${m[1]})`,
  },
  { pattern: new RegExp(`(${PATH})\\s+is\\s+none\\b`), message: jinja('is none'), rewrite: (m) => `${m[1]} == null` },
  {
    pattern: new RegExp(
      `(${PATH})\\s+is\\s+(not\\s+)?(changed|change|failed|failure|skipped|skip|succeeded|success|ok)\\b`,
    ),
    message: (m) => `'is ${m[2] ?? ''}${m[3]}' is Jinja; expressions are CEL`,
    rewrite: (m) => {
      const good = /^(succ|ok)/.test(m[3] ?? '')
      const field = good ? 'failed' : { c: 'changed', f: 'failed', s: 'skipped' }[(m[3] ?? 'c')[0] as 'c' | 'f' | 's']
      return `${Boolean(m[2]) !== good ? '!' : ''}${m[1]}.${field}`
    },
  },
  {
    pattern: new RegExp(`(${PATH})\\s+is\\s+(not\\s+)?(?:match|search|regex)\\s*\\(([^)]*)\\)`),
    message: jinja('is match'),
    rewrite: (m) => `${m[2] ? '!' : ''}${m[1]}.matches(${m[3]})`,
  },
  {
    pattern: new RegExp(`(${PATH}|'[^']*'|"[^"]*"|\\([^()]*\\))\\s*\\|(?!\\|)\\s*(\\w+)(?:\\s*\\(([^()]*)\\))?`),
    message: (m) => `'| ${m[2]}' is a Jinja filter; CEL has functions`,
    rewrite: (m) => {
      const filter = Object.hasOwn(FILTERS, m[2] ?? '') ? FILTERS[m[2] ?? ''] : undefined
      return filter ? filter(m[1] ?? '', m[3] ?? '') : m[0]
    },
    hint: () => "filters are written as functions: size(x), x.join(','), x.?y.orValue(z), list.map(i, …)",
  },
  {
    pattern: new RegExp(`(${PATH}|'[^']*'|"[^"]*")\\s+not\\s+in\\s+(${PATH}|\\[[^\\]]*\\])`),
    message: jinja('not in'),
    rewrite: (m) => `!(${m[1]} in ${m[2]})`,
  },
  { pattern: /\bnot\s+/, message: jinja('not'), rewrite: () => '!' },
  { pattern: /\s+and\s+/, message: jinja('and'), rewrite: () => ' && ' },
  { pattern: /\s+or\s+/, message: jinja('or'), rewrite: () => ' || ' },
  {
    pattern: /\b(True|False)\b/,
    message: (m) => `'${m[1]}' is Python; expressions are CEL`,
    rewrite: (m) => (m[1] ?? '').toLowerCase(),
  },
  { pattern: /\bNone\b/, message: () => "'None' is Python; expressions are CEL", rewrite: () => 'null' },
  {
    pattern: /\b(?:lookup|query|q)\s*\(/,
    message: () => 'lookups are not supported',
    hint: () => "declare the value under 'inputs', or put it in 'vars_files'",
  },
  { pattern: /(?<![=!<>])=(?!=)/, message: () => "'=' does not compare", rewrite: () => '==' },
  { pattern: /\s~\s/, message: jinja('~'), rewrite: () => ' + ' },
  { pattern: /\*\*/, message: () => "CEL has no '**'", hint: () => 'write the multiplication out' },
  {
    pattern: new RegExp(`(${PATH})\\[(\\d*):(\\d*)\\]`),
    message: () => 'slices are Python; expressions are CEL',
    hint: () => 'for strings: x.substring(from, to); for lists: x.filter(i, …)',
  },
  {
    pattern: /(.+?)\s+if\s+(.+?)\s+else\s+(.+)/,
    message: () => "'a if b else c' is Python; expressions are CEL",
    rewrite: (m) => `${m[2]} ? ${m[1]} : ${m[3]}`,
  },
]

const MAX_REWRITES = 40

/**
 * The first habit in an expression that is no CEL. `parses` tells whether a rewritten whole is: if so it is the hint.
 * Quoted parts are not looked into.
 */
export function findHabit(expression: string, parses: (expression: string) => boolean): Habit | undefined {
  let first: { offset: number; length: number; message: string; hint: string | undefined } | undefined
  let rewritten = expression
  let right: string | undefined
  for (let round = 0; round < MAX_REWRITES; round++) {
    const found = firstMatch(rewritten)
    if (!found) break
    const { match, rule } = found
    if (!first) {
      const skipped = /^\s*/.exec(match[0])?.[0].length ?? 0
      first = {
        offset: match.index + skipped,
        length: match[0].trim().length,
        message: rule.message(match),
        hint: rule.hint?.(match),
      }
    }
    const replaced = rule.rewrite?.(match)
    if (replaced === undefined || replaced === match[0]) break
    rewritten = rewritten.slice(0, match.index) + replaced + rewritten.slice(match.index + match[0].length)
    if (parses(rewritten)) right = rewritten
  }
  if (first && right !== undefined) return { ...first, hint: `write ${right.trim()}` }
  return first && { ...first, hint: first.hint ?? 'in CEL: &&, ||, !, ==, has(x), x ? y : z' }
}

function firstMatch(expression: string): { match: RegExpExecArray; rule: Rule } | undefined {
  const masked = maskQuotes(expression)
  for (const rule of RULES) {
    const match = rule.pattern.exec(masked)
    if (!match) continue
    // The mask keeps lengths, so the groups can be taken from the unmasked text.
    const real = new RegExp(rule.pattern.source, 'd').exec(masked)
    real?.indices?.forEach((range, i) => {
      if (range) match[i] = expression.slice(range[0], range[1])
    })
    return { match, rule }
  }
  return undefined
}

/** Letters of quoted parts become `x`, so that no rule finds a word in them. */
export function maskQuotes(expression: string): string {
  let masked = ''
  for (let i = 0; i < expression.length; i++) {
    const char = expression[i] as string
    masked += char
    if (char !== '"' && char !== "'") continue
    const end = endOfQuotes(expression, i)
    if (end < 0) return masked + expression.slice(i + 1)
    masked += 'x'.repeat(end - i - 1) + char
    i = end
  }
  return masked
}

/** Variables of Ansible that do not exist here → what to read instead. */
const ANSIBLE_VARIABLES: Readonly<Record<string, string>> = {
  ansible_check_mode: 'it is called crane_check_mode here',
  inventory_hostname_short: "write inventory_hostname.split('.')[0]",
  ansible_play_hosts: 'it is called play_hosts here',
  ansible_play_batch: 'it is called play_hosts here',
  ansible_play_hosts_all: 'it is called play_hosts here',
  ansible_facts: 'facts are no variables here: task types look at the host by themselves',
  omit: "leave the parameter out, or choose between two tasks with 'when'",
  vars: 'name the variable itself',
  and: 'write &&',
  or: 'write ||',
  not: 'write !',
  True: 'write true',
  False: 'write false',
  None: 'write null',
  yes: 'write true',
  no: 'write false',
  on: 'write true',
  off: 'write false',
}

export function ansibleVariableHint(name: string): string | undefined {
  if (Object.hasOwn(ANSIBLE_VARIABLES, name)) return ANSIBLE_VARIABLES[name]
  if (
    /^ansible_(distribution|os_family|hostname|fqdn|default_ipv4|all_ipv4_addresses|kernel|architecture|memtotal_mb|processor|mounts|interfaces|date_time|service_mgr|pkg_mgr|env|user_id|system|machine|nodename|virtualization)/.test(
      name,
    )
  )
    return 'facts are no variables here: set it in the inventory, or let a task type look at the host'
  return undefined
}

/** Functions and methods of Jinja and Python → CEL. */
export const FUNCTION_HABITS: Readonly<Record<string, string>> = {
  len: 'write size(x)',
  length: 'write size(x)',
  lookup: "declare the value under 'inputs', or put it in 'vars_files'",
  query: "declare the value under 'inputs', or put it in 'vars_files'",
  str: 'write string(x)',
  float: 'write double(x)',
  defined: 'write has(x)',
  default: 'write x.?y.orValue(z)',
  lower: 'write x.lowerAscii()',
  upper: 'write x.upperAscii()',
  strip: 'write x.trim()',
  startswith: 'write x.startsWith(y)',
  endswith: 'write x.endsWith(y)',
  append: 'write list + [item]',
  get: 'write x.?key.orValue(z)',
  keys: 'write x.map(key, key)',
  items: 'write x.map(key, x[key])',
  values: 'write x.map(key, x[key])',
  find: 'write x.indexOf(y)',
  range: 'write the list out',
  any: 'write list.exists(x, …)',
}
