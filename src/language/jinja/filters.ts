// Filters of Jinja as CEL. What is not here is looked for in the function library, whose rows name what they replace.
import { FUNCTION_LIBRARY } from '../functions/functionLibrary.ts'
import { atom, binary, BINDING, call, type CelText, choose, literal, method, within } from './celText.ts'
import { applyTest, present } from './jinjaTests.ts'

export interface Arguments {
  readonly positional: readonly CelText[]
  readonly named: ReadonlyMap<string, CelText>
}

type Filter = (subject: CelText, args: Arguments) => CelText | undefined

const isTrue = (value: CelText | undefined): boolean => value?.text === 'true'

const replacements = new Map(
  FUNCTION_LIBRARY.flatMap(([, rows]) =>
    rows.flatMap((row) => row.replaces.map((filter) => [filter, row.name] as const)),
  ),
)

export function applyFilter(name: string, subject: CelText, args: Arguments): CelText | undefined {
  const own = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
  if (own) return own(subject, args)
  const replacement = replacements.get(name)
  return replacement && args.named.size === 0 ? method(subject, replacement, ...args.positional) : undefined
}

/** `a.b | default(c)` → `a.?b.orValue(c)`; a bare variable has no field to be optional. */
const withDefault: Filter = (subject, { positional, named }) => {
  const value = positional[0] ?? named.get('default_value') ?? atom("''")
  if (subject.empty) return choose(present(subject), subject, value)
  const { path } = subject
  if (!path) {
    const list = /^(.*)\.(?:first|last|min|max)\(\)$/.exec(subject.text)?.[1]
    if (list === undefined) return subject
    return choose(binary(call('size', atom(list)), '>', atom('0'), BINDING.relation), subject, value)
  }
  if (isTrue(positional[1] ?? named.get('boolean'))) {
    const filled = binary(call('has', subject), '&&', binary(subject, '!=', atom("''"), BINDING.relation), BINDING.and)
    return choose(filled, subject, value)
  }
  if (path.owner === undefined) return choose(call('has', subject), subject, value)
  const optional = /^[A-Za-z_]\w*$/.test(path.key) ? `.?${path.key}` : `[?${path.key}]`
  return method(atom(`${path.owner}${optional}`), 'orValue', value)
}

/** The loop variable of `map` and `filter`. */
const EACH = atom('i')

const dotted = (name: string | undefined): CelText | undefined =>
  name === undefined
    ? undefined
    : { text: `i.${name}`, binding: BINDING.access, path: { owner: 'i', key: name.split('.').at(-1) ?? '' } }

const filtered =
  (negate: boolean, ofField: boolean): Filter =>
  (subject, { positional }) => {
    const [first, ...others] = positional
    const value = ofField ? dotted(literal(first)) : EACH
    const [test, ...args] = ofField ? others : positional
    if (!value) return undefined
    const holds = test ? applyTest(literal(test) ?? '', value, args) : value
    if (!holds) return undefined
    const condition = negate ? atom(`!${within(holds, BINDING.unary)}`) : holds
    return method(subject, 'filter', EACH, condition)
  }

const mapped: Filter = (subject, { positional, named }) => {
  const attribute = dotted(literal(named.get('attribute')))
  if (attribute) {
    const otherwise = named.get('default')
    const value = otherwise ? withDefault(attribute, { positional: [otherwise], named: new Map() }) : attribute
    return value && method(subject, 'map', EACH, value)
  }
  const [first, from, key] = positional
  const name = literal(first)
  if (name === undefined) return undefined
  if (name === 'extract' && from) {
    const field = key && (literal(key) === undefined ? `[${key.text}]` : `.${literal(key)}`)
    return method(subject, 'map', EACH, atom(`${within(from, BINDING.access)}[i]${field ?? ''}`))
  }
  const value = applyFilter(name, EACH, { positional: positional.slice(1), named })
  return value && method(subject, 'map', EACH, value)
}

const address: Filter = (subject, { positional: [query] }) => {
  const ip = call('ip', subject)
  const word = literal(query)
  if (!query) return ip
  if (word === undefined) return method(ip, 'host', query)
  if (/^-?\d+$/.test(word)) return method(ip, 'host', atom(word))
  const methods: Readonly<Record<string, string>> = {
    address: 'address',
    netmask: 'netmask',
    prefix: 'prefix',
    subnet: 'network',
    version: 'family',
    'network/prefix': 'network',
  }
  if (methods[word]) return method(ip, methods[word])
  return /^[\da-fA-F:.]+(\/|$)/.test(word) ? method(ip, 'inNetwork', query) : undefined
}

const same: Filter = (subject) => subject
const wrapped =
  (name: string): Filter =>
  (subject) =>
    call(name, subject)

const FILTERS: Readonly<Record<string, Filter>> = {
  default: withDefault,
  d: withDefault,
  length: wrapped('size'),
  count: wrapped('size'),
  int: wrapped('int'),
  float: wrapped('double'),
  string: wrapped('string'),
  bool: wrapped('bool'),
  list: same,
  mandatory: same,
  trim: (x) => method(x, 'trim'),
  split: (x, { positional }) => method(x, 'split', positional[0] ?? atom("' '")),
  join: (x, { positional, named }) => {
    const attribute = dotted(literal(named.get('attribute')))
    return method(attribute ? method(x, 'map', EACH, attribute) : x, 'join', positional[0] ?? atom("''"))
  },
  path_join: (x) => method(x, 'join', atom("'/'")),
  sort: (x, { positional, named }) => {
    const by = named.get('attribute')
    const sorted = by ? method(x, 'sort', by) : method(x, 'sort')
    return isTrue(named.get('reverse') ?? positional[0]) ? method(sorted, 'reverse') : sorted
  },
  ternary: (x, { positional: [yes, no] }) => (yes && no ? choose(x, yes, no) : undefined),
  combine: (x, { positional, named }) => {
    const name = isTrue(named.get('recursive')) ? 'mergeDeep' : 'merge'
    return positional.reduce((merged, other) => method(merged, name, other), x)
  },
  sum: (x, { named }) => {
    const attribute = dotted(literal(named.get('attribute')))
    return method(attribute ? method(x, 'map', EACH, attribute) : x, 'sum')
  },
  to_json: (x) => method(x, 'toJson'),
  to_nice_json: (x, { named }) => method(x, 'toJson', named.get('indent') ?? atom('4')),
  to_yaml: (x) => method(x, 'toYaml'),
  to_nice_yaml: (x) => method(x, 'toYaml'),
  indent: (x, { positional, named }) => {
    const width = positional[0] ?? named.get('width') ?? atom('4')
    const first = positional[1] ?? named.get('first') ?? named.get('indentfirst')
    return first ? method(x, 'indent', width, first) : method(x, 'indent', width)
  },
  hash: (x, { positional }) => (literal(positional[0]) === 'sha256' ? method(x, 'sha256') : undefined),
  regex_search: (x, { positional: [pattern, group] }) => {
    if (!pattern) return undefined
    const number = group && /^['"]\\+(\d)['"]$/.exec(group.text)?.[1]
    return number ? method(x, 'regexSearch', pattern, atom(number)) : method(x, 'regexSearch', pattern)
  },
  map: mapped,
  select: filtered(false, false),
  reject: filtered(true, false),
  selectattr: filtered(false, true),
  rejectattr: filtered(true, true),
  ipaddr: address,
  nthhost: (x, { positional: [number] }) => number && method(call('ip', x), 'host', number),
  network_in_network: (x, { positional: [other] }) => other && method(call('ip', other), 'inNetwork', x),
  abs: (x) => choose(binary(x, '<', atom('0'), BINDING.relation), atom(`-${within(x, BINDING.unary)}`), x),
}
