// Reads playbook files and all that they import into one parsed playbook.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SourceSpan } from '../../model/diagnostic.ts'
import { pathBeside } from '../../model/namedFile.ts'
import type { Findings } from '../../text/findings.ts'
import type { InputDeclaration } from '../../model/inputDeclaration.ts'
import { IMPORT_TASKS_KEYWORDS, REFUSED_IN_TASK } from './keywords.ts'
import type { ParsedPlay, ParsedPlaybook, ParsedTask } from './parsed.ts'
import { parseInputs } from './parseInputs.ts'
import { checkKeywords, readFixedText } from './parseKeywords.ts'
import { parsePlay, parsePlaybookHead } from './parsePlay.ts'
import { parseTask } from './parseTask.ts'
import { diskTrust, unreadable } from '../../text/fileTrust.ts'
import { readYaml } from '../../text/readYaml.ts'
import { SourceText } from '../../text/sourceText.ts'
import { describeNode, entryOf, placeOf, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'

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
    let text: string
    try {
      text = this.#readFile(path)
    } catch (error) {
      this.#findings.add(unreadable(path, error, named))
      return undefined
    }
    if (!this.files.includes(path)) this.files.push(path)
    this.#texts.push(text)
    return readYaml(new SourceText(path, text), this.#findings)
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
      const allTags = [...tags, ...play.tags]
      if (play.kind === 'import') {
        const part = this.#playbook(pathBeside(path, play.file), inner, allTags, play.at)
        inputs.push(...part.inputs)
        plays.push(...part.plays)
        continue
      }
      const { tasks, handlers, varsFiles, kind: _, ...rest } = play
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
      plays.push({
        ...rest,
        tags: allTags,
        vars: play.readVars(files),
        tasks: this.#tasks(tasks, path, inner),
        handlers: this.#tasks(handlers, path, inner),
        folder: dirname(path),
      })
    }
    return { inputs, plays }
  }

  #tasks(nodes: readonly YamlNode[], path: string, chain: Chain): readonly ParsedTask[] {
    return nodes.flatMap((node) => {
      if (node.kind !== 'map') {
        this.#findings.error(
          'wrong-type',
          `a task must be a map, not ${describeNode(node)}`,
          placeOf(node),
          "such as '- installPackage: { name: containerd }'",
        )
        return []
      }
      const include = entryOf(node, 'import_tasks') ?? entryOf(node, 'include_tasks')
      if (include) return this.#include(node, include.key, include.value, path, chain)
      return [parseTask(node, this.#findings)]
    })
  }

  /** A static include: what stands beside it is handed down to each task of the file. */
  #include(map: YamlMap, word: string, value: YamlNode, path: string, chain: Chain): readonly ParsedTask[] {
    const refused = {
      ...REFUSED_IN_TASK,
      loop: "set 'loop' on the tasks in the file",
      register: "set 'register' on the tasks in the file",
      notify: "set 'notify' on the tasks in the file",
    }
    checkKeywords(map, `'${word}'`, IMPORT_TASKS_KEYWORDS, refused, this.#findings)
    const outer = parseTask(
      {
        ...map,
        entries: map.entries.filter(
          (entry) => entry.key !== word && (IMPORT_TASKS_KEYWORDS as readonly string[]).includes(entry.key),
        ),
      },
      this.#findings,
    )
    const file = readFixedText(value, word, this.#findings)
    if (file === undefined) return []
    const target = pathBeside(path, file)
    const root = this.#enter(target, chain, placeOf(value))
    if (!root || (root.kind === 'scalar' && root.value === null)) return []
    if (root.kind !== 'list') {
      this.#findings.error(
        'wrong-type',
        `a file of tasks must contain a list, not ${describeNode(root)}`,
        placeOf(root),
      )
      return []
    }
    return this.#tasks(root.items, target, [...chain, target]).map((task) => ({
      ...task,
      when: [...outer.when, ...task.when],
      tags: [...outer.tags, ...task.tags],
      vars: [...outer.vars.filter((one) => !task.vars.some((own) => own.key === one.key)), ...task.vars],
      become: { ...outer.become, ...task.become },
    }))
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
