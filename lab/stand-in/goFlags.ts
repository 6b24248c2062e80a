/** Parses flags by the rules of Go's pflag: `-p X`, `-pX`, `--name X`, `--name=X`, grouped and `=`-only booleans. */
import { UsageError } from './cconOutput.ts'

export interface FlagKind {
  /** `count` is a whole number from 0. */
  type: 'text' | 'int' | 'count' | 'float' | 'list' | 'flag'
  short?: string
}
export type FlagTable = Record<string, FlagKind>

export class Flags {
  readonly values = new Map<string, string[]>()
  has = (name: string): boolean => this.values.has(name)
  text = (name: string): string | undefined => this.values.get(name)?.at(-1)
  list = (name: string): string[] => this.values.get(name) ?? []
  int = (name: string): number | undefined => (this.has(name) ? Number(this.text(name)) : undefined)
  flag = (name: string): boolean | undefined => (this.has(name) ? this.text(name) === 'true' : undefined)
}

/**
 * Splits words into flags and the rest. Without `interspersed` the first word that is no flag ends the flags, and it
 * and all that follows, a `--` included, are the rest. A `--` among the flags ends them and is dropped.
 */
export function parseFlags(words: string[], table: FlagTable, interspersed: boolean): { flags: Flags; rest: string[] } {
  const flags = new Flags()
  const rest: string[] = []
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') return { flags, rest: [...rest, ...queue] }
    if (word.startsWith('--')) longFlag(word, table, queue, flags)
    else if (word.startsWith('-') && word.length > 1) shortFlags(word, table, queue, flags)
    else if (interspersed) rest.push(word)
    else return { flags, rest: [word, ...queue] }
  }
  return { flags, rest }
}

function longFlag(word: string, table: FlagTable, queue: string[], flags: Flags): void {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const kind = Object.hasOwn(table, name) ? table[name] : undefined
  if (!kind) throw new UsageError(`unknown flag: --${name}`, 1)
  // A boolean never takes the next word, so `--userns false` leaves `false` as an argument.
  set(flags, name, kind, value ?? (kind.type === 'flag' ? 'true' : next(queue, `--${name}`)), `--${name}`)
}

function shortFlags(word: string, table: FlagTable, queue: string[], flags: Flags): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]
    const found = Object.entries(table).find(([, kind]) => kind.short === letter)
    if (!found) throw new UsageError(`unknown shorthand flag: '${letter}' in ${word}`, 1)
    const [name, kind] = found
    const tail = word.slice(at + 1)
    if (kind.type === 'flag' && !tail.startsWith('=')) {
      set(flags, name, kind, 'true', `-${letter}`)
      continue
    }
    set(flags, name, kind, tail ? tail.replace(/^=/, '') : next(queue, `'${letter}' in ${word}`), `-${letter}`)
    return
  }
}

function next(queue: string[], name: string): string {
  const value = queue.shift()
  if (value === undefined) throw new UsageError(`flag needs an argument: ${name}`, 1)
  return value
}

function set(flags: Flags, name: string, kind: FlagKind, value: string, shown: string): void {
  const fail = (reason: string) => {
    throw new UsageError(`invalid argument "${value}" for "${shown}" flag: ${reason}`, 1)
  }
  if (kind.type === 'int' && !/^-?\d+$/.test(value)) fail(`strconv.ParseInt: parsing "${value}": invalid syntax`)
  if (kind.type === 'count' && !/^\d+$/.test(value)) fail(`strconv.ParseUint: parsing "${value}": invalid syntax`)
  if (kind.type === 'float' && !/^\d+(\.\d+)?$/.test(value))
    fail(`strconv.ParseFloat: parsing "${value}": invalid syntax`)
  if (kind.type === 'flag' && !/^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(value))
    fail(`strconv.ParseBool: parsing "${value}": invalid syntax`)
  const plain = kind.type === 'flag' ? String(/^(1|t)/i.test(value)) : value
  flags.values.set(name, kind.type === 'list' ? [...flags.list(name), plain] : [plain])
}
