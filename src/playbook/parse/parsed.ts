// A playbook as it was written: known words in their places, values not looked into yet.
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { BatchSize } from '../../model/playbook.ts'
import type { InputDeclaration } from '../../model/inputDeclaration.ts'
import type { YamlEntry, YamlMap, YamlNode } from '../../text/yamlTree.ts'

export interface ParsedName {
  readonly text: string
  readonly at: SourceSpan
}

export interface ParsedBecome {
  readonly enabled?: boolean
  readonly user?: string
}

/** Conditions that hold together, with the place of their word. */
export interface ParsedConditions {
  readonly at: SourceSpan
  readonly conditions: readonly YamlNode[]
}

/** `until`, `retries` and `delay`, as far as they were written. */
export interface ParsedRetry {
  readonly until: readonly YamlNode[]
  readonly retries?: YamlNode
  readonly delay?: YamlNode
}

/** What a play, a block or an import states for all tasks in it, and a task for itself. */
export interface ParsedShared {
  readonly when: readonly YamlNode[]
  readonly tags: readonly string[]
  readonly vars: readonly YamlEntry[]
  readonly become: ParsedBecome
  /** Outermost first. */
  readonly environments: readonly YamlMap[]
  readonly notify: readonly ParsedName[]
  readonly ignoreErrors?: boolean
  readonly ignoreUnreachable?: boolean
  readonly checkMode?: boolean
  readonly diff?: boolean
  readonly timeoutSeconds?: number
  readonly runOnce?: boolean
  readonly anyErrorsFatal?: boolean
  readonly throttle?: number
  readonly delegateTo?: YamlNode
}

export interface ParsedTask extends ParsedShared {
  readonly kind: 'task'
  readonly at: SourceSpan
  readonly name?: YamlNode
  /** Keys that are not keywords: one of them should be the task type. */
  readonly candidates: readonly YamlEntry[]
  /** A word stands in place of the type and was refused: nothing more is to be said of its lack. */
  readonly typeRefused: boolean
  readonly loop?: YamlNode
  readonly loopVar: ParsedName
  readonly indexVar?: ParsedName
  readonly label?: YamlNode
  readonly pauseSeconds?: number
  readonly register?: ParsedName
  readonly listen: readonly string[]
  readonly retry?: ParsedRetry
  readonly changedWhen?: ParsedConditions
  readonly failedWhen?: ParsedConditions
}

/** What it states for its tasks is handed down to them already. */
export interface ParsedBlock {
  readonly kind: 'block'
  readonly at: SourceSpan
  readonly name?: string
  readonly body: readonly ParsedNode[]
  readonly rescue: readonly ParsedNode[]
  readonly always: readonly ParsedNode[]
}

/** `include_tasks` with a name that each host completes: the tasks of every file that it can stand for. */
export interface ParsedChoice {
  readonly kind: 'choice'
  /** The word itself: it holds the name, the conditions and the variables. */
  readonly task: ParsedTask
  /** By the path of the file. */
  readonly branches: ReadonlyMap<string, readonly ParsedNode[]>
}

export type ParsedNode = ParsedTask | ParsedBlock | ParsedChoice

/** The tasks of a tree in the order in which they are written. */
export function parsedTasks(nodes: readonly ParsedNode[]): readonly ParsedTask[] {
  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'task':
        return [node]
      case 'block':
        return parsedTasks([...node.body, ...node.rescue, ...node.always])
      case 'choice':
        return [...node.branches.values()].flatMap(parsedTasks)
    }
  })
}

/** One of `vars_files` with a name that each host completes. */
export interface ParsedVarsChoice {
  readonly file: YamlNode
  /** By the path of the file; without what a later one of `vars_files` sets. */
  readonly candidates: ReadonlyMap<string, readonly YamlEntry[]>
}

/** A play's own words about how it is run. */
export interface ParsedConduct {
  /** A node is an expression over inputs, for one size. */
  readonly serial?: readonly (BatchSize | YamlNode)[] | { readonly by: string; readonly at: SourceSpan }
  readonly order?: PlayOrder
  readonly forceHandlers?: boolean
  readonly maxFailPercentage?: number
  readonly maxFailures?: number
}

export const PLAY_ORDERS = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const
export type PlayOrder = (typeof PLAY_ORDERS)[number]

export interface ParsedPlay {
  readonly at: SourceSpan
  readonly name?: string
  readonly hosts: YamlNode
  readonly vars: readonly YamlEntry[]
  readonly varsChoices: readonly ParsedVarsChoice[]
  /** What later files of variables override, the strongest first. */
  readonly hiddenVars: readonly YamlEntry[]
  readonly tags: readonly string[]
  readonly become: ParsedBecome
  readonly conduct: ParsedConduct
  readonly preTasks: readonly ParsedNode[]
  readonly tasks: readonly ParsedNode[]
  readonly postTasks: readonly ParsedNode[]
  readonly handlers: readonly ParsedTask[]
  /** `playbook_dir`: where the file with the play is. */
  readonly directory: string
}

export interface ParsedPlaybook {
  readonly inputs: readonly InputDeclaration[]
  readonly plays: readonly ParsedPlay[]
  /** All files read, as the user named them or relative to those. */
  readonly files: readonly string[]
}
