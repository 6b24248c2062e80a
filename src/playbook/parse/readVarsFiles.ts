// The variables of a play: its own `vars`, then those of the files of `vars_files`, later ones over earlier ones.
import type { SourceSpan } from '../../model/diagnostic.ts'
import { pathBeside } from '../../model/namedFile.ts'
import type { Findings } from '../../text/findings.ts'
import { describeNode, isEmpty, isText, placeOf, type YamlEntry, type YamlNode } from '../../text/yamlTree.ts'
import type { ParsedPlay, ParsedVarsChoice } from './parsed.ts'
import { readFixedText, readVars } from './parseKeywords.ts'

/** Where files come from. */
interface Files {
  tree(path: string, named: SourceSpan): YamlNode | undefined
  named(text: string, from: string): readonly string[]
}

/** `path`: the file with the play. */
export function readVarsFiles(
  own: readonly YamlEntry[],
  names: readonly YamlNode[],
  path: string,
  files: Files,
  findings: Findings,
): Pick<ParsedPlay, 'vars' | 'hiddenVars' | 'varsChoices'> {
  const merged = new Map(own.map((entry) => [entry.key, entry]))
  const hidden: YamlEntry[] = []
  const choices: ParsedVarsChoice[] = []
  for (const name of names) {
    if (isText(name) && name.value.includes('{{')) {
      choices.push({ file: name, candidates: candidatesOf(name.value, path, placeOf(name), files, findings) })
      continue
    }
    const text = readFixedText(name, 'vars_files', findings)
    const tree = text === undefined ? undefined : files.tree(pathBeside(path, text), placeOf(name))
    if (tree && tree.kind !== 'map' && !isEmpty(tree))
      findings.error('wrong-type', `a file of variables must contain a map, not ${describeNode(tree)}`, placeOf(tree))
    if (tree?.kind !== 'map') continue
    const read = readVars(tree, 'vars', findings)
    for (const entry of read) {
      const before = merged.get(entry.key)
      if (before) hidden.unshift(before)
      merged.set(entry.key, entry)
    }
    for (const [i, choice] of choices.entries()) choices[i] = without(choice, new Set(read.map(({ key }) => key)))
  }
  return { vars: [...merged.values()], hiddenVars: hidden, varsChoices: choices }
}

/** Beside the files of variables that the name can stand for there are playbooks and files of tasks, which hold lists. */
function candidatesOf(name: string, path: string, at: SourceSpan, files: Files, findings: Findings) {
  const found = files.named(name, path).filter((file) => file !== path && /\.(ya?ml|json)$/.test(file))
  return new Map(
    found.flatMap((file): (readonly [string, readonly YamlEntry[]])[] => {
      const tree = files.tree(file, at)
      if (tree?.kind === 'map') return [[file, readVars(tree, 'vars', findings)]]
      return tree && isEmpty(tree) ? [[file, []]] : []
    }),
  )
}

const without = ({ file, candidates }: ParsedVarsChoice, names: ReadonlySet<string>): ParsedVarsChoice => ({
  file,
  candidates: new Map([...candidates].map(([path, entries]) => [path, entries.filter(({ key }) => !names.has(key))])),
})
