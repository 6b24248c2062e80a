// What a host lacks of a tree: what is to be written, linked and removed, what a person sees of it, and what the probe will read.
import type { ControllerTree, TreeEntry, TreeFile } from '../../model/controllerTree.ts'
import type { RefuseDecision } from '../../model/decision.ts'
import type { Diff } from '../../model/result.ts'
import { refuse } from '../decision.ts'
import type { Inode } from '../probes/file.ts'
import type { HostEntry, TreeFact } from '../probes/tree.ts'
import type { DirectoryToCreate } from '../steps/createDirectory.ts'
import type { FileToPlace } from '../steps/placeFiles.ts'
import { differs, type FileAttributes, predictAttributes, textOf } from '../steps/predictFile.ts'
import { textDiff } from './textDiff.ts'

/** What is asked of a copied tree. */
export interface TreeAsked extends Omit<FileAttributes, 'mode'> {
  /** Absolute. */
  readonly path: string
  /** Of files. Default: 0755 for what the owner may execute on the controller, otherwise 0644. */
  readonly mode?: string | undefined
  /** Of directories. Default: unchanged; for a new one, 0755. */
  readonly directoryMode?: string | undefined
  /** Removes what the tree does not have. */
  readonly delete?: boolean | undefined
}

/** What is to be done; all paths but those of `directories` are relative. */
export interface TreeChange {
  readonly kind: 'tree'
  readonly directories: readonly DirectoryToCreate[]
  readonly files: readonly FileToPlace[]
  readonly links: readonly { readonly path: string; readonly target: string }[]
  readonly removals: readonly { readonly path: string; readonly directory: boolean }[]
  readonly diffs: readonly Diff[]
  readonly after: TreeFact
}

/** Characters of text diffs; beyond them a file is named in the list. */
const SHOWN = 256 * 1024

/**
 * Compares a host with a tree.
 *
 * @param tree - What the host should have.
 * @param fact - What it has.
 * @param asked - Where, and with which owner and modes.
 * @returns The change, which may be empty, or a refusal where a directory is in the place of a file or the other way round.
 */
export function treeChange(tree: ControllerTree, fact: TreeFact, asked: TreeAsked): TreeChange | RefuseDecision {
  const draft = new Draft(fact, asked)
  if (fact.root === 'absent') draft.makeRoot()
  for (const entry of tree.entries) {
    const wrong = draft.compare(entry)
    if (wrong) return wrong
  }
  const left = asked.delete ? draft.remove(tree) : fact.extra
  return draft.done(left)
}

class Draft {
  readonly #fact: TreeFact
  readonly #asked: TreeAsked
  readonly #directories: DirectoryToCreate[] = []
  readonly #files: FileToPlace[] = []
  readonly #links: { path: string; target: string }[] = []
  readonly #removals: { path: string; directory: boolean }[] = []
  readonly #texts: Diff[] = []
  /** Before and after, of what is not shown as a text. */
  readonly #before: string[] = []
  readonly #after: string[] = []
  readonly #entries: [string, HostEntry][] = []
  #shown = 0

  constructor(fact: TreeFact, asked: TreeAsked) {
    this.#fact = fact
    this.#asked = asked
  }

  makeRoot(): void {
    const { path, owner, group, directoryMode: mode } = this.#asked
    this.#directories.push({ path, owner, group, mode })
    this.#list('.', undefined, 'directory')
  }

  compare(entry: TreeEntry): RefuseDecision | undefined {
    const { [entry.path]: there } = this.#fact.entries
    const isDirectory = there?.type === 'directory'
    if (there && (there.type === 'other' || isDirectory !== (entry.type === 'directory')))
      return refuse(
        `${this.#full(entry.path)} is ${CALLED[there.type]}, not ${CALLED[entry.type]}`,
        'remove or rename it first',
      )
    if (entry.type === 'directory') this.#compareDirectory(entry.path, isDirectory ? there : undefined)
    else if (entry.type === 'link') this.#compareLink(entry, there)
    else return this.#compareFile(entry, there)
    return undefined
  }

  /** What is left of what the tree does not have: what is excluded, and the directories that it is in. */
  remove(tree: ControllerTree): TreeFact['extra'] {
    const { extra } = this.#fact
    const kept = new Set<string>()
    for (const { path } of extra) if (tree.excludes(path)) for (let at = path; at !== ''; at = above(at)) kept.add(at)
    const gone = new Set<string>()
    for (const one of extra) {
      if (kept.has(one.path)) continue
      const within = gone.has(above(one.path))
      gone.add(one.path)
      if (within) continue
      this.#removals.push(one)
      this.#list(one.path, one.directory ? 'directory' : 'file', undefined)
    }
    return extra.filter(({ path }) => kept.has(path))
  }

  done(extra: TreeFact['extra']): TreeChange {
    const { path } = this.#asked
    const list = [...this.#before.map((line) => `-${line}\n`), ...this.#after.map((line) => `+${line}\n`)]
    const listed = list.length > 0 ? [{ subject: path, unified: `--- ${path}\n+++ ${path}\n${list.join('')}` }] : []
    return {
      kind: 'tree',
      directories: this.#directories,
      files: this.#files,
      links: this.#links,
      removals: this.#removals,
      diffs: [...listed, ...this.#texts],
      after: { ...this.#fact, root: 'directory', entries: Object.fromEntries(this.#entries), extra },
    }
  }

  #compareDirectory(path: string, there: (HostEntry & { readonly type: 'directory' }) | undefined): void {
    const { owner, group, directoryMode } = this.#asked
    const asked = { ...this.#asked, mode: directoryMode }
    const made = { type: 'directory' as const, mode: '0755', ...this.#fact.creator }
    const after: HostEntry = { ...(there ?? made), ...predictAttributes(asked) }
    this.#entries.push([path, after])
    if (there && differs(there as unknown as Inode, asked) === undefined) return
    this.#directories.push({ path: this.#full(path), owner, group, mode: directoryMode })
    this.#list(path, there && `directory ${attributes(there)}`, there ? `directory ${attributes(after)}` : 'directory')
  }

  #compareLink(
    { path, target }: { readonly path: string; readonly target: string },
    there: HostEntry | undefined,
  ): void {
    this.#entries.push([path, { type: 'link', target }])
    if (there?.type === 'link' && there.target === target) return
    if (there?.type === 'file') this.#removals.push({ path, directory: false })
    this.#links.push({ path, target })
    this.#list(path, there && shown(there), `link to ${target}`)
  }

  #compareFile(file: TreeFile, there: HostEntry | undefined): RefuseDecision | undefined {
    const before = there?.type === 'file' ? there : undefined
    if (before?.same === null) return refuse(`permission denied: ${this.#full(file.path)}`, 'add `become: true`')
    const { owner, group } = this.#asked
    const mode = this.#asked.mode ?? (file.executable ? '0755' : '0644')
    const asked = { ...this.#asked, mode }
    const after = {
      type: 'file' as const,
      ...(before ?? this.#fact.creator),
      size: file.size,
      same: true,
      text: null,
      mode,
      ...predictAttributes(asked),
    }
    this.#entries.push([file.path, after])
    const wrong = before && differs(before as unknown as Inode, asked)
    if (before?.same && wrong === undefined) return undefined
    const account = `${owner ?? before?.uid ?? ''}${group === undefined && !before ? '' : `:${group ?? before?.gid}`}`
    this.#files.push({ file, mode, account })
    if (wrong !== undefined && before) this.#list(file.path, attributes(before), attributes(after))
    if (!before?.same) this.#showContent(file, there)
    return undefined
  }

  #showContent(file: TreeFile, there: HostEntry | undefined): void {
    const old = there === undefined ? '' : there.type === 'file' ? there.text : null
    const text = old !== null && this.#shown + file.size <= SHOWN ? textRead(file) : null
    if (old === null || text === null) return this.#list(file.path, there && shown(there), `file of ${file.size} bytes`)
    this.#shown += file.size
    this.#texts.push(textDiff(this.#full(file.path), there ? old : null, text))
  }

  #list(path: string, before: string | undefined, after: string | undefined): void {
    if (before !== undefined) this.#before.push(`${path} ${before}`)
    if (after !== undefined) this.#after.push(`${path} ${after}`)
  }

  #full = (path: string): string => `${this.#asked.path}/${path}`
}

const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const attributes = ({ mode, owner, group }: { mode: string; owner: string; group: string }) =>
  `${mode} ${owner}:${group}`

const shown = (there: HostEntry): string =>
  there.type === 'file'
    ? `file of ${there.size} bytes`
    : there.type === 'link'
      ? `link${there.target && ` to ${there.target}`}`
      : there.type

const CALLED = {
  file: 'a file',
  directory: 'a directory',
  link: 'a symbolic link',
  other: 'a device, a pipe or a socket',
}

/** Null where it is not a text, or cannot be read any more; the host finds that out. */
function textRead(file: TreeFile): string | null {
  try {
    return textOf(file.read())
  } catch {
    return null
  }
}
