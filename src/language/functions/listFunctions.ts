// Functions of lists and maps.
import type { Json } from '../../model/inventory.ts'
import { type FunctionRow, identity, plain, refusal } from './functionRow.ts'

type List = readonly Json[]
type JsonMap = Readonly<Record<string, Json>>

const keysOf = (list: List): ReadonlySet<string> => new Set(list.map(identity))

function uniqueOf(list: List): List {
  const seen = new Map<string, Json>()
  for (const item of list) if (!seen.has(identity(item))) seen.set(identity(item), item)
  return [...seen.values()]
}

/** Numbers by size, strings by code point. */
function compare(a: Json, b: Json): number {
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string'))
    throw refusal('only strings among each other, or numbers among each other, have an order')
  return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0
}

function fieldOf(item: Json, name: string): Json {
  const value = typeof item === 'object' && item !== null ? (item as JsonMap)[name] : undefined
  if (value === undefined) throw refusal(`an item of the list has no '${name}'`)
  return value
}

function sorted(list: List, by?: string): List {
  const keyed = list.map((item) => ({ item, key: by === undefined ? item : fieldOf(item, by) }))
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item)
}

function extreme(list: List, sign: 1 | -1): Json {
  if (list.length === 0) throw refusal('the list is empty')
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best))
}

const flatten = (list: List): List => list.flatMap((item): List => (Array.isArray(item) ? flatten(item) : [item]))

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Own keys only, so that `__proto__` is a key like any other. */
const mapOf = (entries: readonly (readonly [string, Json])[]): JsonMap => Object.fromEntries(entries)

const mergeDeep = (a: JsonMap, b: JsonMap): JsonMap =>
  mapOf([
    ...Object.entries(a),
    ...Object.entries(b).map(([key, value]): [string, Json] => {
      const before = Object.hasOwn(a, key) ? a[key] : undefined
      return [key, isMap(before) && isMap(value) ? mergeDeep(before, value) : value]
    }),
  ])

const MAX_RANGE = 100_000

function range(from: number, to: number): List {
  if (to - from > MAX_RANGE) throw refusal(`a range has at most ${MAX_RANGE} numbers`)
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

export const LIST_FUNCTIONS: readonly FunctionRow[] = [
  {
    name: 'first',
    signatures: ['list<A>.first(): A'],
    summary: 'The first item of the list.',
    replaces: ['first'],
    example: ['[3, 1, 2].first()', 3],
    call: (list: readonly unknown[]) => {
      if (list.length === 0) throw refusal('the list is empty')
      return list[0]
    },
  },
  {
    name: 'last',
    signatures: ['list<A>.last(): A'],
    summary: 'The last item of the list.',
    replaces: ['last'],
    example: ['[3, 1, 2].last()', 2],
    call: (list: readonly unknown[]) => {
      if (list.length === 0) throw refusal('the list is empty')
      return list.at(-1)
    },
  },
  {
    name: 'sort',
    signatures: ['list<A>.sort(): list<A>', 'list<A>.sort(string): list<A>'],
    summary: 'The list in order; with the name of a field, a list of maps in the order of that field.',
    replaces: ['sort'],
    example: ['[3, 1, 2].sort()', [1, 2, 3]],
    call: plain(sorted),
  },
  {
    name: 'reverse',
    signatures: ['list<A>.reverse(): list<A>'],
    summary: 'The list from its end.',
    replaces: ['reverse'],
    example: ['[3, 1, 2].reverse()', [2, 1, 3]],
    call: plain((list: List) => list.toReversed()),
  },
  {
    name: 'unique',
    signatures: ['list<A>.unique(): list<A>'],
    summary: 'The list without repetitions.',
    replaces: ['unique'],
    example: ["['a', 'b', 'a'].unique()", ['a', 'b']],
    call: plain(uniqueOf),
  },
  {
    name: 'union',
    signatures: ['list.union(list): list'],
    summary: 'All items of both lists, each once.',
    replaces: ['union'],
    example: ['[1, 2].union([2, 3])', [1, 2, 3]],
    call: plain((a: List, b: List) => uniqueOf([...a, ...b])),
  },
  {
    name: 'intersect',
    signatures: ['list.intersect(list): list'],
    summary: 'The items that are in both lists.',
    replaces: ['intersect'],
    example: ['[1, 2].intersect([2, 3])', [2]],
    call: plain((a: List, b: List) => {
      const other = keysOf(b)
      return uniqueOf(a.filter((item) => other.has(identity(item))))
    }),
  },
  {
    name: 'difference',
    signatures: ['list.difference(list): list'],
    summary: 'The items that are not in the other list.',
    replaces: ['difference'],
    example: ['[1, 2].difference([2, 3])', [1]],
    call: plain((a: List, b: List) => {
      const other = keysOf(b)
      return uniqueOf(a.filter((item) => !other.has(identity(item))))
    }),
  },
  {
    name: 'flatten',
    signatures: ['list.flatten(): list'],
    summary: 'The list with the items of the lists in it.',
    replaces: ['flatten'],
    example: ['[1, [2, [3]]].flatten()', [1, 2, 3]],
    call: plain(flatten),
  },
  {
    name: 'join',
    signatures: ['list.join(): string', 'list.join(string): string'],
    summary: 'The items, which are strings, numbers or booleans, as one string, with the argument between them.',
    replaces: ['join'],
    example: ["[1, 'a', true].join(',')", '1,a,true'],
    call: plain((list: List, by = '') => {
      const unfit = list.find((item) => item === null || typeof item === 'object')
      if (unfit !== undefined)
        throw refusal(
          `only strings, numbers and booleans can be joined, not ${unfit === null ? 'null' : Array.isArray(unfit) ? 'lists' : 'maps'}`,
        )
      return list.join(by)
    }),
  },
  {
    name: 'sum',
    signatures: ['list<A>.sum(): A'],
    summary: 'The sum of the numbers.',
    replaces: ['sum'],
    example: ['[1, 2, 3].sum()', 6],
    call: plain((list: List) =>
      list.reduce((sum: number, item) => {
        if (typeof item !== 'number') throw refusal('only numbers have a sum')
        return sum + item
      }, 0),
    ),
  },
  {
    name: 'min',
    signatures: ['list<A>.min(): A'],
    summary: 'The smallest number, or the string that comes first.',
    replaces: ['min'],
    example: ['[3, 1, 2].min()', 1],
    call: plain((list: List) => extreme(list, -1)),
  },
  {
    name: 'max',
    signatures: ['list<A>.max(): A'],
    summary: 'The largest number, or the string that comes last.',
    replaces: ['max'],
    example: ['[3, 1, 2].max()', 3],
    call: plain((list: List) => extreme(list, 1)),
  },
  {
    name: 'zip',
    signatures: ['list.zip(list): list<list>'],
    summary: 'Pairs of the items at the same place, as many as the shorter list has.',
    replaces: ['zip'],
    example: [
      "['a', 'b'].zip([1, 2])",
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    call: plain((a: List, b: List) => a.slice(0, b.length).map((item, i) => [item, b[i] ?? null])),
  },
  {
    name: 'range',
    signatures: ['range(int): list<int>', 'range(int, int): list<int>'],
    summary: 'The whole numbers from 0, or from the first argument, up to but without the last one.',
    replaces: ['range'],
    example: ['range(1, 4)', [1, 2, 3]],
    call: plain((a: number, b?: number) => (b === undefined ? range(0, a) : range(a, b))),
  },
  {
    name: 'items',
    signatures: ['map.items(): list<map>'],
    summary: 'A list of maps with `key` and `value`.',
    replaces: ['dict2items', 'items', 'dictsort'],
    example: ["{'a': 1}.items()", [{ key: 'a', value: 1 }]],
    call: plain((map: JsonMap) => Object.entries(map).map(([key, value]) => ({ key, value }))),
  },
  {
    name: 'keys',
    signatures: ['map.keys(): list<string>'],
    summary: 'The keys of the map.',
    replaces: ['keys()'],
    example: ["{'a': 1}.keys()", ['a']],
    call: plain((map: JsonMap) => Object.keys(map)),
  },
  {
    name: 'values',
    signatures: ['map.values(): list'],
    summary: 'The values of the map.',
    replaces: ['values()'],
    example: ["{'a': 1}.values()", [1]],
    call: plain((map: JsonMap) => Object.values(map)),
  },
  {
    name: 'fromItems',
    signatures: ['list.fromItems(): map'],
    summary: 'The map of a list of maps with `key` and `value`.',
    replaces: ['items2dict'],
    example: ["[{'key': 'a', 'value': 1}].fromItems()", { a: 1 }],
    call: plain((list: List) => mapOf(list.map((item) => [String(fieldOf(item, 'key')), fieldOf(item, 'value')]))),
  },
  {
    name: 'merge',
    signatures: ['map.merge(map): map'],
    summary: 'The map with the entries of the other one, whose values win.',
    replaces: ['combine'],
    example: ["{'a': 1, 'b': 1}.merge({'b': 2})", { a: 1, b: 2 }],
    call: plain((a: JsonMap, b: JsonMap) => mapOf([...Object.entries(a), ...Object.entries(b)])),
  },
  {
    name: 'mergeDeep',
    signatures: ['map.mergeDeep(map): map'],
    summary: 'Like `merge`, and maps that both have under one key are merged as well.',
    replaces: ['combine(…, recursive=true)'],
    example: ["{'a': {'x': 1}}.mergeDeep({'a': {'y': 2}})", { a: { x: 1, y: 2 } }],
    call: plain(mergeDeep),
  },
]
