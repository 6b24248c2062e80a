// A playbook as it was written: known words in their places, values not looked into yet.
import type { SourceSpan } from '../../model/diagnostic.ts'
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

export interface ParsedTask {
  readonly at: SourceSpan
  readonly name?: YamlNode
  /** Keys that are no keywords: one of them should be the task type. */
  readonly candidates: readonly YamlEntry[]
  /** A word stands in place of the type and was refused: nothing more is to be said of its lack. */
  readonly typeRefused: boolean
  readonly when: readonly YamlNode[]
  readonly loop?: YamlNode
  readonly loopVar: ParsedName
  readonly indexVar?: ParsedName
  readonly register?: ParsedName
  readonly notify: readonly ParsedName[]
  readonly listen: readonly string[]
  readonly tags: readonly string[]
  readonly become: ParsedBecome
  readonly ignoreErrors: boolean
  readonly checkMode?: boolean
  readonly diff?: boolean
  readonly timeoutSeconds?: number
  readonly vars: readonly YamlEntry[]
  readonly environment?: YamlMap
}

export interface ParsedPlay {
  readonly at: SourceSpan
  readonly name?: string
  readonly hosts: YamlNode
  readonly vars: readonly YamlEntry[]
  readonly tags: readonly string[]
  readonly become: ParsedBecome
  readonly environment?: YamlMap
  readonly serial?: readonly (number | { readonly percent: number })[]
  readonly tasks: readonly ParsedTask[]
  readonly handlers: readonly ParsedTask[]
  /** `playbook_dir`: where the file with the play is. */
  readonly folder: string
}

export interface ParsedPlaybook {
  readonly inputs: readonly InputDeclaration[]
  readonly plays: readonly ParsedPlay[]
  /** All files read, as the user named them or relative to those. */
  readonly files: readonly string[]
}
