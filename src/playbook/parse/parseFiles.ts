// Reads playbook files and all that they import into one parsed playbook.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SourceSpan } from '../../model/diagnostic.ts'
import { pathBeside } from '../../model/namedFile.ts'
import type { Findings } from '../../text/findings.ts'
import type { InputDeclaration } from '../../model/inputDeclaration.ts'
import { handDown } from './handDown.ts'
import { BLOCK_KEYWORDS, IMPORT_TASKS_KEYWORDS, REFUSED_IN_TASK } from './keywords.ts'
import type { ParsedNode, ParsedPlay, ParsedPlaybook, ParsedTask } from './parsed.ts'
import { parseInputs } from './parseInputs.ts'
import { bareKey, checkKeywords, readFixedText, readList, readText } from './parseKeywords.ts'
import { parseShared } from './parseShared.ts'
import { parsePlay, parsePlaybookHead } from './parsePlay.ts'
import { parseTask } from './parseTask.ts'
import { diskTrust, unreadable } from '../../text/fileTrust.ts'
import { readYaml } from '../../text/readYaml.ts'
import { SourceText } from '../../text/sourceText.ts'
import { describeNode, entryOf, placeOf, type YamlEntry, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'

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
  readonly #findings: Findings
  readonly files: string[] = []
  readonly #texts: string[] = []

  constructor(readFile: ReadFile, findings: Findings) {
    this.#readFile = readFile
    this.#findings = findings
  }

  playbooks(paths: readonly string[]): ParsedPlaybook {
    const parts = paths.map((path) => this.#playbook(path, [], []))
    const inputs = this.#mergeInputs(parts.flatMap((part) => part.inputs))
    return { inputs, plays: parts.flatMap((part) => part.plays), files: this.files }
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

  /** Whether the word stands anywhere in what was read. */
  mention(word: string): boolean {
    const pattern = new RegExp(`\\b${word}\\b`)
    return this.#texts.some((text) => pattern.test(text))
  }

  #playbook(
    path: string,
    chain: Chain,
    tags: readonly string[],
    named?: SourceSpan,
  ): { inputs: readonly InputDeclaration[]; plays: readonly ParsedPlay[] } {
    const root = this.#enter(path, chain, named)
    const head = root && parsePlaybookHead(root, this.#findings)
    if (!head) return { inputs: [], plays: [] }
    const inputs = head.inputs ? [...parseInputs(head.inputs, this.#findings)] : []
    const plays: ParsedPlay[] = []
    const inner = [...chain, path]
    for (const item of head.plays) {
      const play = parsePlay(item, this.#findings)
      if (!play) continue
      const allTags = [...tags, ...(play.kind === 'import' ? play.tags : play.shared.tags)]
      if (play.kind === 'import') {
        const part = this.#playbook(pathBeside(path, play.file), inner, allTags, play.at)
        inputs.push(...part.inputs)
        plays.push(...part.plays)
        continue
      }
      const { sections, shared, varsFiles, kind: _, readVars: read, ...rest } = play
      const files = varsFiles.flatMap((file) => {
        const tree = this.tree(pathBeside(path, file.text), file.at)
        if (tree?.kind === 'map') return [tree]
        if (tree && !(tree.kind === 'scalar' && tree.value === null))
          this.#findings.error(
            'wrong-type',
            `a file of variables must contain a map, not ${describeNode(tree)}`,
            placeOf(tree),
          )
        return []
      })
      // Tags and become of a play stay with it; all else that it states is its tasks'.
      const handed = { ...shared, tags: [], become: {} }
      const nodes = (word: keyof typeof sections) => handDown(handed, this.#nodes(sections[word], path, inner))
      plays.push({
        ...rest,
        tags: allTags,
        become: shared.become,
        vars: read(files),
        preTasks: nodes('pre_tasks'),
        tasks: nodes('tasks'),
        postTasks: nodes('post_tasks'),
        handlers: this.#handlers(nodes('handlers')),
        directory: dirname(path),
      })
    }
    return { inputs, plays }
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
    const file = readFixedText(named ?? include.value, word, this.#findings)
    if (file === undefined) return []
    const target = pathBeside(path, file)
    const root = this.#enter(target, chain, placeOf(named ?? include.value))
    if (!root || (root.kind === 'scalar' && root.value === null)) return []
    if (root.kind !== 'list') {
      const what = describeNode(root)
      this.#findings.error('wrong-type', `a file of tasks must contain a list, not ${what}`, placeOf(root))
      return []
    }
    return handDown(outer, this.#nodes(root.items, target, [...chain, target]))
  }

  #enter(path: string, chain: Chain, named?: SourceSpan): YamlNode | undefined {
    if (chain.includes(path)) {
      const circle = [...chain.slice(chain.indexOf(path)), path].join(' → ')
      return this.#findings.error('import-cycle', `the files import each other in a cycle: ${circle}`, named)
    }
    return this.tree(path, named)
  }

  /** Files may declare the same input, if they mean the same. */
  #mergeInputs(all: readonly InputDeclaration[]): readonly InputDeclaration[] {
    const merged = new Map<string, InputDeclaration>()
    for (const input of all) {
      const first = merged.get(input.name)
      if (!first) merged.set(input.name, input)
      else if (first.type !== input.type)
        this.#findings.error(
          'input-conflict',
          `input '${input.name}' has type ${input.type} here and ${first.type} in ${first.at.file}`,
          input.at,
        )
      else if (JSON.stringify(first.default) !== JSON.stringify(input.default))
        this.#findings.error(
          'input-conflict',
          `input '${input.name}' has a different default in ${first.at.file}`,
          input.at,
        )
      else if (input.required || input.sensitive)
        merged.set(input.name, {
          ...first,
          required: first.required || input.required,
          sensitive: first.sensitive || input.sensitive,
        })
    }
    return [...merged.values()]
  }
}
