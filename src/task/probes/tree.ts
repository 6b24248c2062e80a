// What a directory of a host has of a directory of the controller, and what it has besides.
import { isDeepStrictEqual } from 'node:util'
import type { ControllerTree, TreeEntry } from '../../model/controllerTree.ts'
import { quoteShell } from '../../model/quoteShell.ts'
import { decodeText } from '../content/sharedContent.ts'
import { shareText } from '../content/shareText.ts'
import { AnswerReader } from './answerReader.ts'
import type { Accounts } from './file.ts'
import { TEXT_LIMIT, TREE_FUNCTIONS } from './treeScript.ts'
import { readRefusal } from './readRefusal.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe, type Refusal } from './probe.ts'

/** What is at a path of the tree; absent from `entries` where there is nothing. A link is not followed. */
export type HostEntry =
  | (Accounts & { readonly type: 'directory' /** Four octal digits. */; readonly mode: string })
  | (Accounts & {
      readonly type: 'file'
      readonly mode: string
      /** Bytes. */
      readonly size: number
      /** Its content is that of the controller's file; null where it cannot be read. */
      readonly same: boolean | null
      /** Of a short text file with other content, among the first of them; otherwise null. */
      readonly text: string | null
    })
  | { readonly type: 'link' /** Empty where the tree has no link there. */; readonly target: string }
  | { readonly type: 'other' }

/** What a host has of a tree. */
export interface TreeFact {
  /** What is at the path itself, a symbolic link followed. */
  readonly root: 'directory' | 'absent' | 'denied' | 'other'
  /** Who would own what the task creates. */
  readonly creator: Accounts
  /** By the paths of the tree. */
  readonly entries: Readonly<Record<string, HostEntry>>
  /** What is there and not in the tree, sorted; empty unless it was asked for. */
  readonly extra: readonly { readonly path: string; readonly directory: boolean }[]
}

interface TreeDetail {
  readonly entries: readonly TreeEntry[]
  readonly list: boolean
  readonly follow: boolean
}

const END = 'end of tree'
/** Names in one call of `stat`, whose arguments have a limit. */
const PART = 500

const treeKind: ProbeKind<TreeDetail, TreeFact> = {
  name: 'tree',
  functions: TREE_FUNCTIONS,
  isAbsent: (fact) => fact.root === 'absent',
  nowhere: { root: 'absent', creator: { owner: 'root', group: 'root', uid: 0, gid: 0 }, entries: {}, extra: [] },
  touches: (path, before, after) =>
    before.root === 'directory' ? touchedPaths(before, after).map((below) => `${path}/${below}`) : [path],
  script: (questions) =>
    questions
      .map(({ subject, detail: { entries, list, follow } }) => {
        const parts = partsOf(entries).map(
          (part) => `probe_tree_part ${part.map((entry) => quoteShell(lineOf(entry))).join(' ')}`,
        )
        // -xdev: what is mounted in the tree is not part of it.
        if (list) parts.push(`find . -xdev -mindepth 1 -printf '%y %P\\0' && printf '\\0'`)
        return `( follow=${follow ? 'follow' : "''"}; probe_tree ${quoteShell(subject)} "$follow" && {\n${parts.join('\n')}\n:; } )\necho '${END}'`
      })
      .join('\n'),
  read(stdout, questions) {
    const reader = new AnswerReader(stdout, 'a tree')
    return questions.map(({ subject, detail }) => {
      const fact = readTree(reader, subject, detail)
      if (reader.line() !== END) throw new GarbledAnswer('a file changed while it was read')
      return Object.freeze(fact)
    })
  },
}

function touchedPaths(before: TreeFact, after: TreeFact): readonly string[] {
  const left = new Set(after.extra.map(({ path }) => path))
  const written = Object.entries(after.entries).flatMap(([path, entry]) =>
    isDeepStrictEqual(entry, before.entries[path]) ? [] : [path],
  )
  return [...written, ...before.extra.flatMap(({ path }) => (left.has(path) ? [] : [path]))]
}

const lineOf = (entry: TreeEntry): string => `${entry.type === 'file' ? entry.sha256 : ''}  ./${entry.path}`

const partsOf = (entries: readonly TreeEntry[]): readonly (readonly TreeEntry[])[] =>
  Array.from({ length: Math.ceil(entries.length / PART) }, (_, i) => entries.slice(i * PART, (i + 1) * PART))

const ROOTS = ['directory', 'absent', 'denied', 'other'] as const

function readTree(reader: AnswerReader, path: string, { entries, list }: TreeDetail): TreeFact | Refusal {
  const creator = accountsOf(/^(\d+):(\d+):([^:]*):([^:]*)$/.exec(reader.line()))
  const root = reader.line() as TreeFact['root']
  if (root.startsWith('refused ')) return readRefusal(reader, path, root)
  if (!ROOTS.includes(root)) throw new GarbledAnswer(`a directory is ${JSON.stringify(root.slice(0, 80))}`)
  if (root !== 'directory') return { root, creator, entries: {}, extra: [] }
  const found = partsOf(entries).flatMap(() => [...readPart(reader)])
  const wanted = new Set(entries.map(({ path }) => path))
  return { root, creator, entries: Object.fromEntries(found), extra: list ? readExtra(reader, wanted) : [] }
}

/** A part of the answer: stat's lines, the names of what differs, the targets of links, and the beginnings of what differs. */
function readPart(reader: AnswerReader): ReadonlyMap<string, HostEntry> {
  const entries = new Map<string, HostEntry>()
  for (let line = reader.line(); line !== ''; line = reader.line()) {
    const [, bits = '', ...rest] = /^([0-9a-f]+):(\d+):(\d+):([^:]*):([^:]*):(\d+):\.\/(.*)$/.exec(line) ?? []
    const [uid, gid, owner, group, size, path = ''] = rest
    if (bits === '') throw new GarbledAnswer(`stat answered ${JSON.stringify(line.slice(0, 80))}`)
    const accounts = accountsOf([line, uid, gid, owner, group])
    entries.set(path, entryOf(Number.parseInt(bits, 16), Number(size), accounts))
  }
  const differing: string[] = []
  let next = 0
  for (let line = reader.line(); line !== ''; line = reader.line()) {
    const [, path = '', unread] = /^\.\/(.*): FAILED( open or read)?$/.exec(line) ?? []
    const entry = entries.get(path)
    if (entry?.type !== 'file') throw new GarbledAnswer(`sha256sum answered ${JSON.stringify(line.slice(0, 80))}`)
    entries.set(path, { ...entry, same: unread === undefined ? false : null })
    if (unread === undefined) differing.push(path)
  }
  for (let line = reader.line(); line !== ''; line = reader.line()) {
    const [, length = '', path = ''] = /^(\d{1,5}) \.\/(.*)$/.exec(line) ?? []
    if (length === '') throw new GarbledAnswer('the answer about links is incomplete')
    entries.set(path, { type: 'link', target: reader.bytes(Number(length)).toString('utf8') })
    reader.line()
  }
  for (let head = reader.line(); head !== ''; head = reader.line()) {
    const path = differing[next++] ?? ''
    const entry = entries.get(path)
    if (entry?.type !== 'file' || !/^(\d{1,15}|unread)$/.test(head))
      throw new GarbledAnswer('the answer about contents is incomplete')
    if (head === 'unread') continue
    const bytes = reader.bytes(Math.min(Number(head), TEXT_LIMIT))
    entries.set(path, { ...entry, text: Number(head) <= TEXT_LIMIT ? decodeText(bytes) : null })
  }
  return entries
}

function entryOf(bits: number, size: number, accounts: Accounts): HostEntry {
  const mode = (bits & 0o7777).toString(8).padStart(4, '0')
  switch (bits & 0xf000) {
    case 0x8000:
      return { type: 'file', mode, ...accounts, size, same: true, text: null }
    case 0x4000:
      return { type: 'directory', mode, ...accounts }
    case 0xa000:
      return { type: 'link', target: '' }
    default:
      return { type: 'other' }
  }
}

function accountsOf(match: readonly (string | undefined)[] | null): Accounts {
  if (!match) throw new GarbledAnswer('stat answered with no accounts')
  const [, uid, gid, owner = '', group = ''] = match
  return { owner: shareText(owner), group: shareText(group), uid: Number(uid), gid: Number(gid) }
}

/** `find` ends with an empty name where it saw everything. */
function readExtra(reader: AnswerReader, wanted: ReadonlySet<string>): TreeFact['extra'] {
  const extra: { path: string; directory: boolean }[] = []
  for (let name = reader.line(0); name !== ''; name = reader.line(0)) {
    const path = name.slice(2)
    if (!wanted.has(path)) extra.push({ path, directory: name.startsWith('d ') })
  }
  return extra.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * What a directory of the host has of a tree.
 *
 * @param path - An absolute path. Where it is a symbolic link, it is followed; links below it are not.
 * @param tree - The tree whose files are compared by their digests.
 * @param options - `list`: also everything else in the directory. `follow`: also through links that another user can replace.
 */
export const hostTree = (
  path: string,
  tree: ControllerTree | undefined,
  { list = false, follow = false }: { readonly list?: boolean | undefined; readonly follow?: boolean | undefined } = {},
): Probe<TreeFact> => {
  const entries = tree?.entries ?? NOTHING
  const asked = probe(treeKind, path, { entries, list, follow })
  // Of one directory, two trees are two questions.
  return { ...asked, key: `${asked.key} ${numberOf(entries)} ${list} ${follow}` }
}

const NOTHING: readonly TreeEntry[] = []
const numbers = new WeakMap<object, number>()
let count = 0

function numberOf(entries: readonly TreeEntry[]): number {
  const number = numbers.get(entries) ?? count++
  numbers.set(entries, number)
  return number
}
