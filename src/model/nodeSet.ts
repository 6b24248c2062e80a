// Node sets: many host names written as one string, `crane[02-04,07]`; read in every common notation, written in one.

export interface NodeSetProblem {
  /** One sentence without a full stop. */
  readonly message: string
  /** Where in the text, in UTF-16 units from 0. */
  readonly offset: number
  readonly length: number
}

export type ExpandedNodeSet =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly problem: NodeSetProblem }

/** A slip such as `[1-1000000000]` must be a message, not an exhausted memory. */
const MOST_NAMES = 100_000
/** Numbers from here on are not exact in JavaScript. */
const MOST_DIGITS = 15

/**
 * The names that a node set stands for, in its order, the leftmost bracket varying slowest; a name written twice comes
 * twice. Understood: `crane[02-04,07]` (pdsh, CraneSched, Slurm), `[0-10/2]` (ClusterShell), `[02:04]`, `[02:10:2]`,
 * `[:4]` and `[a:f]` (Ansible), several brackets in a name, a suffix after a bracket, several names with commas between.
 * A number keeps its zeros; a range is padded to the width of its first number.
 */
export function expandNodeSet(text: string): ExpandedNodeSet {
  const names: string[] = []
  try {
    for (const [item, offset] of splitOutsideBrackets(text)) {
      if (item === '')
        throw new Slip(text.trim() === '' ? 'the node set is empty' : 'a name is missing here', offset, 1)
      for (const name of expandItem(item, offset)) names.push(name)
      if (names.length > MOST_NAMES) throw new Slip(tooMany(), offset, item.length)
    }
    return { ok: true, names }
  } catch (slip) {
    if (slip instanceof Slip) return { ok: false, problem: slip }
    throw slip
  }
}

/** Made only when it is said: the languages' own ways to write numbers take 15 ms to load. */
const tooMany = () => `this stands for more than ${MOST_NAMES.toLocaleString('en')} names`

/** Carries a problem up to expandNodeSet, the one place that catches it. */
class Slip implements NodeSetProblem {
  readonly message: string
  readonly offset: number
  readonly length: number
  constructor(message: string, offset: number, length: number) {
    this.message = message
    this.offset = offset
    this.length = length
  }
}

/** Items with their offsets, blanks around them cut off; one comma at the very end is allowed. */
function splitOutsideBrackets(text: string): [item: string, offset: number][] {
  const items: [string, number][] = []
  let open = -1
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const char = text[i]
    if (char === '[') {
      if (open >= 0) throw new Slip('a bracket opens inside a bracket', i, 1)
      open = i
    } else if (char === ']') {
      if (open < 0) throw new Slip('this bracket was never opened', i, 1)
      open = -1
    } else if (char === undefined || (char === ',' && open < 0)) {
      const raw = text.slice(start, i)
      const item = raw.trim()
      const last = char === undefined && item === '' && items.length > 0
      if (!last) items.push([item, start + (item === '' ? 0 : raw.indexOf(item))])
      start = i + 1
    }
  }
  if (open >= 0) throw new Slip('this bracket is never closed', open, text.length - open)
  return items
}

function expandItem(item: string, offset: number): string[] {
  let names = ['']
  const pieces = item.split(/[[\]]/)
  let at = offset
  pieces.forEach((piece, i) => {
    const inBracket = i % 2 === 1
    const values = inBracket ? expandRanges(piece, at) : [piece]
    if (names.length * values.length > MOST_NAMES) throw new Slip(tooMany(), offset, item.length)
    names = names.flatMap((name) => values.map((value) => name + value))
    at += piece.length + 1
  })
  return names
}

function expandRanges(text: string, offset: number): string[] {
  if (text.trim() === '') throw new Slip('the brackets are empty', offset - 1, text.length + 2)
  const values: string[] = []
  let at = offset
  for (const raw of text.split(',')) {
    const part = raw.trim()
    if (part === '') throw new Slip('a number is missing between the commas', at - 1, raw.length + 1)
    for (const value of expandRange(part, at + raw.indexOf(part))) values.push(value)
    at += raw.length + 1
  }
  return values
}

function expandRange(part: string, at: number): string[] {
  const fail = (message: string): never => {
    throw new Slip(message, at, part.length)
  }
  if (/^(\d+|[a-z])$/i.test(part)) return [part]
  const match = /^(\d*|[a-z])([-:])(\d*|[a-z])(?:[/:](\d*))?$/i.exec(part)
  if (!match) return fail(`'${part}' is neither a number nor a range such as 02-04, 02:04 or 0-10/2`)
  const [, first = '', dash, last = '', stepText] = match
  if (last === '') return fail(`the range '${part}' has no end`)
  if (first === '' && dash === '-') return fail(`the range '${part}' has no beginning`)
  const step = stepText === undefined ? 1 : Number(stepText)
  if (step < 1) return fail(`the step of '${part}' must be 1 or more`)
  if (/[a-z]/i.test(first + last)) return letters(first, last, step, part, fail)
  if (Math.max(first.length, last.length) > MOST_DIGITS) return fail(`the numbers of '${part}' are too long`)
  if (last.startsWith('0') && last.length > Math.max(1, first.length)) {
    return fail(`the range '${part}' ends with more digits than it begins with: ${first.padStart(last.length, '0')}?`)
  }
  const from = Number(first)
  const to = Number(last)
  if (from > to) return fail(`the range '${part}' runs backwards`)
  if ((to - from) / step >= MOST_NAMES) return fail(tooMany())
  const values: string[] = []
  for (let n = from; n <= to; n += step) values.push(String(n).padStart(first.length, '0'))
  return values
}

function letters(first: string, last: string, step: number, part: string, fail: (message: string) => never): string[] {
  const sameKind = /^([a-z][a-z]|[A-Z][A-Z])$/.test(first + last)
  if (!sameKind) return fail(`the range '${part}' must go between letters of one case, such as a:f`)
  const from = first.charCodeAt(0)
  const to = last.charCodeAt(0)
  if (from > to) return fail(`the range '${part}' runs backwards`)
  const values: string[] = []
  for (let code = from; code <= to; code += step) values.push(String.fromCharCode(code))
  return values
}

/**
 * The shortest usual spelling of a set of names: `crane[02-04,07],login1`. In natural order, each name once. Ranges only
 * hold what every tool reads alike: step 1, and zero-padded numbers of one width. Names with several numbers fold into
 * products (`rack[1-2]n[01-16]`) where all of a product's names are there. A set in that form takes the same form again.
 */
export function foldNodeSet(names: Iterable<string>): string {
  const families = new Map<string, Set<string>>()
  for (const name of names) {
    const skeleton = name.replace(NUMBER, '\0')
    const family = families.get(skeleton)
    if (family) family.add(name)
    else families.set(skeleton, new Set([name]))
  }
  const pieces: { readonly first: string; readonly text: string }[] = []
  for (const [skeleton, family] of families) {
    if (family.size === 1) {
      const [name = ''] = family
      pieces.push({ first: name, text: name })
    } else pieces.push(...foldFamily(skeleton.split('\0'), family))
  }
  return pieces
    .sort((a, b) => compareNames(a.first, b.first))
    .map((piece) => piece.text)
    .join(',')
}

/** Every run of digits that fits a number; longer ones (a serial number in a name) are plain text. */
const NUMBER = /(?<!\d)\d{1,15}(?!\d)/g

/** `crane2` before `crane10`; equal numbers of other widths in a fixed order too. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [a.split(NUMBERS), b.split(NUMBERS)]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x = '', y = ''] = [left[i], right[i]]
    // Every second piece is a number.
    const byNumber = i % 2 === 1 ? Number(x) - Number(y) : 0
    if (byNumber !== 0) return byNumber
    if (x !== y) return x < y ? -1 : 1
  }
  return left.length - right.length
}

const NUMBERS = /(?<!\d)(\d{1,15})(?!\d)/

/** Names with the same strings around their numbers. Each tuple holds one number, or later one bracket, per place. */
function foldFamily(texts: readonly string[], family: Iterable<string>): { first: string; text: string }[] {
  let tuples = Array.from(family, (name) => ({ first: name, places: name.match(NUMBER) ?? ([] as string[]) }))
  for (let place = texts.length - 2; place >= 0; place--) {
    const alike = new Map<string, typeof tuples>()
    for (const tuple of tuples) {
      const key = tuple.places.map((value, i) => (i === place ? '' : value)).join(' ')
      const list = alike.get(key)
      if (list) list.push(tuple)
      else alike.set(key, [tuple])
    }
    tuples = Array.from(alike.values(), (list) => {
      const number = (tuple: (typeof tuples)[number]) => tuple.places[place] ?? ''
      const sorted = list.sort((a, b) => compareNumbers(number(a), number(b)))
      const places = [...(sorted[0]?.places ?? [])]
      places[place] = foldNumbers(sorted.map(number))
      return { first: sorted[0]?.first ?? '', places }
    })
  }
  return tuples.map(({ first, places }) => ({ first, text: texts.map((text, i) => text + (places[i] ?? '')).join('') }))
}

/** By value; equal values of other widths (`1`, `01`) the shorter first. */
const compareNumbers = (a: string, b: string): number => Number(a) - Number(b) || a.length - b.length

/** Takes them in order. */
function foldNumbers(numbers: readonly string[]): string {
  let [from = ''] = numbers
  let to = from
  if (numbers.length === 1) return from
  const ranges: string[] = []
  const close = () => ranges.push(from === to ? from : `${from}-${to}`)
  for (const next of numbers.slice(1)) {
    const padded = from.length > 1 && from.startsWith('0')
    const width = padded ? from.length : String(Number(next)).length
    if (Number(next) !== Number(to) + 1 || next.length !== width) {
      close()
      from = next
    }
    to = next
  }
  close()
  return `[${ranges.join(',')}]`
}
