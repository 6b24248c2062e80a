// Reads playbook files and all that they import into one parsed playbook.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SourceSpan } from '../../model/diagnostic.ts'
import { pathBeside } from '../../model/namedFile.ts'
import type { Findings } from '../../text/findings.ts'
import { INCLUDE_TASKS } from '../../model/languageTasks.ts'
import { filesNamedBy, type ListDirectory } from './fileNames.ts'
import { forChoosing, handDown } from './handDown.ts'
import { BLOCK_KEYWORDS, IMPORT_TASKS_KEYWORDS, REFUSED_IN_TASK } from './keywords.ts'
import type { ParsedChoice, ParsedNode, ParsedPlay, ParsedPlaybook, ParsedShared, ParsedTask } from './parsed.ts'
import { type DeclaredInput, mergeInputs } from './mergeInputs.ts'
import { parseInputs } from './parseInputs.ts'
import { bareKey, checkKeywords, readFixedText, readList, readText } from './parseKeywords.ts'
import { parseShared } from './parseShared.ts'
import { parsePlay, parsePlaybookHead, parseTasksHead } from './parsePlay.ts'
import { parseTask } from './parseTask.ts'
import { readVarsFiles } from './readVarsFiles.ts'
import { diskTrust, unreadable } from '../../text/fileTrust.ts'
import { readYaml } from '../../text/readYaml.ts'
import { SourceText } from '../../text/sourceText.ts'
import {
  describeNode,
  entryOf,
  isEmpty,
  isText,
  placeOf,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
} from '../../text/yamlTree.ts'

export type ReadFile = (path: string) => string

/** Throws `UntrustedFile` for a file that somebody else could have put there. */
export function readFilesFromDisk(): ReadFile {
  const trust = diskTrust()
  return (path) => {
    trust.check(path)
    return readFileSync(path, 'utf8')
  }
}

/** Files under way, innermost last: an import of one of them is a cycle. */
type Chain = readonly string[]

export class FileParser {
  readonly #readFile: ReadFile
  readonly #list: ListDirectory
  readonly #findings: Findings
  readonly files: string[] = []
  readonly #texts: string[] = []
  readonly #declared: DeclaredInput[] = []

  constructor(readFile: ReadFile, list: ListDirectory, findings: Findings) {
    this.#readFile = readFile
    this.#list = list
    this.#findings = findings
  }

  playbooks(paths: readonly string[]): ParsedPlaybook {
    const plays = paths.flatMap((path) => this.#playbook(path, [], []))
    return { inputs: mergeInputs(this.#declared, this.#findings), plays, files: this.files }
  }

  /** The tree of one YAML file; undefined when it cannot be read, which is reported where it was named. */
  tree(path: string, named?: SourceSpan): YamlNode | undefined {
    const source = this.source(path, named)
    return source && readYaml(source, this.#findings)
  }

  /** Any file that a playbook is made of. */
  source(path: string, named?: SourceSpan): SourceText | undefined {
    let text: string
    try {
      text = this.#readFile(path)
    } catch (error) {
      this.#findings.add(unreadable(path, error, named))
      return undefined
    }
    if (!this.files.includes(path)) this.files.push(path)
    this.#texts.push(text)
    return new SourceText(path, text)
  }

  /** Paths of the files that a name with expressions can stand for. `from`: the file that names them. */
  named(text: string, from: string): readonly string[] {
    return filesNamedBy(text, from, this.#list)
  }

  /** Whether the word stands anywhere in what was read. */
  mention(word: string): boolean {
    const pattern = new RegExp(`\\b${word}\\b`)
    return this.#texts.some((text) => pattern.test(text))
  }

  #playbook(path: string, chain: Chain, tags: readonly string[], named?: SourceSpan): readonly ParsedPlay[] {
    const root = this.#enter(path, chain, named)
    const head = root && parsePlaybookHead(root, this.#findings)
    if (!head) return []
    this.#declare(head.inputs, path, chain)
    const plays: ParsedPlay[] = []
    const inner = [...chain, path]
    for (const item of head.plays) {
      const play = parsePlay(item, this.#findings)
      if (!play) continue
      const allTags = [...tags, ...(play.kind === 'import' ? play.tags : play.shared.tags)]
      if (play.kind === 'import') {
        plays.push(...this.#playbook(pathBeside(path, play.file), inner, allTags, play.at))
        continue
      }
      const { sections, shared, vars, varsFiles, kind: _, ...rest } = play
      // Tags and become of a play stay with it; all else that it states is its tasks'.
      const handed = { ...shared, tags: [], become: {} }
      const nodes = (word: keyof typeof sections) => handDown(handed, this.#nodes(sections[word], path, inner))
      plays.push({
        ...rest,
        tags: allTags,
        become: shared.become,
        ...readVarsFiles(vars, varsFiles, path, this, this.#findings),
        preTasks: nodes('pre_tasks'),
        tasks: nodes('tasks'),
        postTasks: nodes('post_tasks'),
        handlers: this.#handlers(nodes('handlers')),
        directory: dirname(path),
      })
    }
    return plays
  }

  /** The same file taken in twice declares its inputs once. */
  #declare(inputs: YamlNode | undefined, file: string, chain: Chain): void {
    if (!inputs) return
    const earlier = this.#declared.filter((one) => one.file === file)
    if (earlier.length > 0) for (const { importedBy } of earlier) for (const one of chain) importedBy.add(one)
    else
      for (const input of parseInputs(inputs, this.#findings))
        this.#declared.push({ input, file, importedBy: new Set(chain) })
  }

  #nodes(nodes: readonly YamlNode[], path: string, chain: Chain): readonly ParsedNode[] {
    return nodes.flatMap((node): readonly ParsedNode[] => {
      if (node.kind !== 'map') {
        this.#findings.error(
          'wrong-type',
          `a task must be a map, not ${describeNode(node)}`,
          placeOf(node),
          "such as '- installPackage: { name: containerd }'",
        )
        return []
      }
      const include = node.entries.find(({ key }) => /^(import|include)_tasks$/.test(bareKey(key)))
      if (include) return this.#include(node, include, path, chain)
      if (entryOf(node, 'block')) return [this.#block(node, path, chain)]
      return [parseTask(node, this.#findings)]
    })
  }

  #block(map: YamlMap, path: string, chain: Chain): ParsedNode {
    const refused = {
      ...REFUSED_IN_TASK,
      loop: "a block has no loop: write 'loop' on its tasks, or put them in a file for 'import_tasks'",
      register: "set 'register' on the tasks in the block",
    }
    checkKeywords(map, 'a block', BLOCK_KEYWORDS, refused, this.#findings)
    const name = entryOf(map, 'name')
    const text = name && readText(name.value, 'name', this.#findings)
    const outer = parseShared(map, this.#findings)
    const part = (word: 'block' | 'rescue' | 'always') => {
      const found = entryOf(map, word)
      const nodes = found ? readList(found.value, word, this.#findings) : []
      return handDown(outer, this.#nodes(nodes, path, chain))
    }
    return {
      kind: 'block',
      at: map.entries[0]?.keyAt ?? placeOf(map),
      ...(text !== undefined && { name: text }),
      body: part('block'),
      rescue: part('rescue'),
      always: part('always'),
    }
  }

  /** A handler is one task: blocks of handlers have no name to be notified by. */
  #handlers(nodes: readonly ParsedNode[]): readonly ParsedTask[] {
    return nodes.flatMap((node) => {
      if (node.kind === 'task') return [node]
      if (node.kind === 'choice')
        this.#findings.error(
          'unsupported-keyword',
          'a file of handlers is the same for all hosts',
          node.task.at,
          "write the handlers of all files, each with 'when'",
        )
      else
        this.#findings.error(
          'unsupported-keyword',
          'a block cannot be a handler',
          node.at,
          "write its tasks as handlers with the same 'listen'",
        )
      return []
    })
  }

  /** A static include: what stands beside it is handed down to each task of the file. */
  #include(map: YamlMap, include: YamlEntry, path: string, chain: Chain): readonly ParsedNode[] {
    const word = bareKey(include.key)
    const refused = {
      ...REFUSED_IN_TASK,
      loop: "set 'loop' on the tasks in the file",
      register: "set 'register' on the tasks in the file",
    }
    checkKeywords(map, `'${word}'`, IMPORT_TASKS_KEYWORDS, refused, this.#findings)
    const outer = parseShared(map, this.#findings)
    const named = include.value.kind === 'map' ? entryOf(include.value, 'file')?.value : undefined
    const fileNode = named ?? include.value
    if (isText(fileNode) && fileNode.value.includes('{{'))
      return [this.#choice(map, { ...include, value: fileNode }, outer, path, chain)]
    const file = readFixedText(fileNode, word, this.#findings)
    if (file === undefined) return []
    const target = pathBeside(path, file)
    const root = this.#enter(target, chain, placeOf(fileNode))
    const head = root && parseTasksHead(root, this.#findings)
    if (!head) return []
    this.#declare(head.inputs, target, chain)
    return handDown(outer, this.#nodes(head.tasks, target, [...chain, target]))
  }

  /** Its `when` decides once for the file; all else is handed down to the tasks of each file that the name can stand for. */
  #choice(map: YamlMap, include: YamlEntry, outer: ParsedShared, path: string, chain: Chain): ParsedChoice {
    const at = include.keyAt
    const branches = new Map<string, readonly ParsedNode[]>()
    for (const target of isText(include.value) ? this.named(include.value.value, path) : []) {
      if (chain.includes(target) || !/\.(ya?ml|json)$/.test(target)) continue
      const root = this.tree(target, placeOf(include.value))
      if (!root || !(isEmpty(root) || isFileOfTasks(root))) continue
      const head = parseTasksHead(root, this.#findings)
      this.#declare(head?.inputs, target, chain)
      const nodes = this.#nodes(head?.tasks ?? [], target, [...chain, target])
      branches.set(target, handDown({ ...outer, when: [] }, nodes))
    }
    const name = entryOf(map, 'name')?.value
    const task: ParsedTask = {
      ...forChoosing(outer),
      kind: 'task',
      at,
      ...(name && { name }),
      candidates: [{ ...include, key: INCLUDE_TASKS.name }],
      typeRefused: false,
      loopVar: { text: 'item', at },
      listen: [],
    }
    return { kind: 'choice', task, branches }
  }

  #enter(path: string, chain: Chain, named?: SourceSpan): YamlNode | undefined {
    if (chain.includes(path)) {
      const circle = [...chain.slice(chain.indexOf(path)), path].join(' → ')
      return this.#findings.error('import-cycle', `the files import each other in a cycle: ${circle}`, named)
    }
    return this.tree(path, named)
  }
}

/** Beside the files that a name can stand for there are playbooks, and files of variables. */
const isFileOfTasks = (root: YamlNode): boolean =>
  root.kind === 'map'
    ? entryOf(root, 'tasks') !== undefined && !entryOf(root, 'hosts')
    : root.kind === 'list' &&
      root.items.every(
        (item) => item.kind === 'map' && !item.entries.some(({ key }) => /^(.*\.)?(hosts|import_playbook)$/.test(key)),
      )
