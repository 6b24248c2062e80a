// Host patterns, as in `hosts:` and --limit: groups, names, node sets, globs and regular expressions, combined.
import { type Checked, checked, type Diagnostic, mistake, mistaken, type SourceSpan } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import type { Inventory } from '../model/inventory.ts'
import { unreadable } from '../text/fileTrust.ts'
import { diskFiles, type FileAccess } from './fileAccess.ts'
import { type Matched, matchTerm } from './matchTerm.ts'
import { isAddress6 } from './isAddress6.ts'

/** The label under which --limit comes; only there may a term be `@FILE`, patterns one to a line (unless a group is so called). */
export const LIMIT = '--limit'

/**
 * The hosts that a pattern selects, in the order in which it names them, each group in its own. Terms are separated by `,` or `:`; `&term` intersects and
 * `!term` excludes, wherever they stand: all plain terms are united first, then come the `&`, then the `!`. Without a plain
 * term all hosts are meant. A term that names nothing is a mistake, and so is a pattern that selects no host.
 */
export function selectHosts(
  pattern: string,
  inventory: Inventory,
  at?: SourceSpan,
  files: FileAccess = diskFiles(),
): Checked<readonly string[]> {
  const mistakes: Diagnostic[] = []
  const plain = new Set<string>()
  const intersected: ReadonlySet<string>[] = []
  const excluded: ReadonlySet<string>[] = []
  let plainTerms = 0
  const take = (terms: readonly Term[]): void => {
    for (const term of terms) {
      const group = inventory.groups.has(term.text.slice(1))
      if (term.at?.file === LIMIT && term.text.startsWith('@') && term.sign === '' && !group) {
        take(readLimitFile(term, files, mistakes))
        continue
      }
      if (term.sign === '') plainTerms++
      const matched = matchTerm(term.text, inventory)
      if (!matched.ok) {
        const { code, message, offset, length, hint, subject } = explain(matched, term.text, inventory)
        const place = within(term.at, term.offset + offset, length)
        mistakes.push({ ...mistake(code, message, place, hint), ...(subject !== undefined && { subject }) })
      } else if (term.sign === '') for (const host of matched.hosts) plain.add(host)
      else (term.sign === '&' ? intersected : excluded).push(matched.hosts)
    }
  }
  const terms = splitTerms(pattern, spanOf(pattern, at))
  if (terms.length === 0)
    return mistaken([mistake('bad-host-pattern', 'the host pattern is empty', at, 'use all to select every host')])
  take(terms)
  if (mistakes.length > 0) return mistaken(mistakes)
  const base = plainTerms === 0 ? (inventory.groups.get('all')?.hosts ?? []) : [...plain]
  const selected = base.filter(
    (host) => intersected.every((hosts) => hosts.has(host)) && !excluded.some((hosts) => hosts.has(host)),
  )
  if (selected.length > 0) return checked(selected)
  return mistaken([mistake('no-host-matched', `no host matches '${pattern.trim()}'`, at)])
}

interface Term {
  readonly sign: '' | '&' | '!'
  readonly text: string
  /** Where the text begins, from the beginning of the span. */
  readonly offset: number
  readonly at: SourceSpan | undefined
}

/** Separators count outside brackets only; those of a range, `[02:04]`, and of an address, `fe80::1`, are not separators. */
function splitTerms(pattern: string, at: SourceSpan | undefined): Term[] {
  const terms: Term[] = []
  for (const [part, offset] of splitAt(pattern, ',')) {
    const address = isAddress6(part.trim().replace(/^[&!]/, ''))
    for (const [piece, inner] of address ? [[part, 0] as const] : splitAt(part, ':')) {
      const term = piece.trim()
      if (term === '') continue
      const sign = term.startsWith('&') ? '&' : term.startsWith('!') ? '!' : ''
      const text = term.slice(sign.length).trim()
      terms.push({ sign, text, offset: offset + inner + piece.indexOf(text, piece.indexOf(term) + sign.length), at })
    }
  }
  return terms
}

function splitAt(text: string, separator: string): (readonly [part: string, offset: number])[] {
  const parts: [string, number][] = []
  let depth = 0
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const char = text[i]
    if (char === '[' || char === '(') depth++
    else if (char === ']' || char === ')') depth = Math.max(0, depth - 1)
    else if (char === undefined || (char === separator && depth === 0)) {
      parts.push([text.slice(start, i), start])
      start = i + 1
    }
  }
  return parts
}

function readLimitFile(term: Term, files: FileAccess, mistakes: Diagnostic[]): Term[] {
  const path = term.text.slice(1)
  let text: string
  try {
    text = files.read(path)
  } catch (error) {
    const at = within(term.at, term.offset, term.text.length)
    mistakes.push(unreadable(path || 'a file without a name', error, at))
    return []
  }
  const found = text.split(/\r?\n/).flatMap((line, i) => {
    if (/^\s*(#|$)/.test(line)) return []
    return splitTerms(line, { file: path, line: i + 1, column: 1, length: line.length, text: line })
  })
  if (found.length === 0) {
    mistakes.push(
      mistake('bad-host-pattern', `${path} does not name any host`, within(term.at, term.offset, term.text.length)),
    )
  }
  return found
}

interface Explained {
  readonly code: string
  readonly message: string
  readonly offset: number
  readonly length: number
  readonly hint?: string | undefined
  readonly subject?: string | undefined
}

function explain(matched: Matched & { readonly ok: false }, text: string, inventory: Inventory): Explained {
  if (matched.problem) return { code: 'bad-host-pattern', ...matched.problem }
  const { unknown } = matched
  const near = didYouMean(unknown, [...inventory.groups.keys(), ...inventory.hosts.keys()])
  const hint =
    unknown === 'localhost'
      ? "add it to the inventory: 'localhost ansible_connection=local'"
      : near && `did you mean '${near}'?`
  const message = `no host or group is called '${unknown}'`
  // `compute[0]` is of the group too.
  const subject = /^([A-Za-z][\w.-]*)(\[-?\d+\])?$/.exec(unknown)?.[1]
  return { code: 'unknown-host', message, offset: 0, length: text.length, hint, subject }
}

/** The span may begin at a quote, or the pattern may be a folded block: look where the pattern really is. */
function spanOf(pattern: string, at: SourceSpan | undefined): SourceSpan | undefined {
  if (!at) return undefined
  const found = at.text.indexOf(pattern, at.column - 1)
  return found < 0 ? at : { ...at, column: found + 1, length: Math.max(1, pattern.length) }
}

function within(at: SourceSpan | undefined, offset: number, length: number): SourceSpan | undefined {
  if (!at) return undefined
  const column = at.column + offset
  const room = at.text.length - column + 1
  return room < 1 ? at : { ...at, column, length: Math.max(1, Math.min(length, room)) }
}
