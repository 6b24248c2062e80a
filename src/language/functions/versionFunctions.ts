// Versions of software, which compare part by part.
import { CelText } from '../celValues.ts'
import { type FunctionRow } from './functionRow.ts'

/** A version; parts of digits compare as numbers, and `~` comes before everything, as in packages. */
export class Version extends CelText {}

/** By dpkg's and rpm's rules: runs of digits as numbers, others by character, `~` before the end. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.replace(/^v(?=\d)/, '').match(/\d+|[^\d]+/g) ?? []
  const [left, right] = [parts(a), parts(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]]
    if (x === y) continue
    if (x?.startsWith('~')) return y?.startsWith('~') ? order(x, y) : -1
    if (y?.startsWith('~')) return 1
    if (x === undefined) return -1
    if (y === undefined) return 1
    const numbers = /^\d/.test(x) && /^\d/.test(y)
    const found = numbers ? Number(BigInt(x) - BigInt(y)) : order(x, y)
    if (found !== 0) return found < 0 ? -1 : 1
  }
  return 0
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const VERSION_OPERATORS = ['<', '<=', '>', '>='] as const

export const holds = (operator: (typeof VERSION_OPERATORS)[number], a: string, b: string): boolean => {
  const found = compareVersions(a, b)
  return { '<': found < 0, '<=': found <= 0, '>': found > 0, '>=': found >= 0 }[operator]
}

export const VERSION_FUNCTIONS: readonly FunctionRow[] = [
  {
    name: 'version',
    signatures: ['version(string): version'],
    summary: 'The string as a version, to compare with another one by `<`, `<=`, `>`, `>=` and `==`.',
    replaces: ['is version'],
    example: ["version('1.10.2') > '1.9'", true],
    call: (text: string) => new Version(text),
  },
]
