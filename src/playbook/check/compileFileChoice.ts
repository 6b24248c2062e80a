// A file that each host names for itself, among those that are there: they are all known and checked before the run.
import { mistake } from '../../model/diagnostic.ts'
import { pathBeside } from '../../model/namedFile.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { ExpressionFailure } from '../../language/attemptExpression.ts'
import { type Compiled, compileValue } from '../../language/compileTemplate.ts'
import type { Findings } from '../../text/findings.ts'
import { isText, type YamlNode } from '../../text/yamlTree.ts'
import { fileGlob } from '../parse/fileNames.ts'

/** Gives the path of the host's file, one of `files`; any other is the mistake of that host. */
export function compileFileChoice(
  node: YamlNode,
  files: readonly string[],
  vocabulary: Vocabulary,
  findings: Findings,
): Compiled {
  const name = compileValue(node, vocabulary, findings)
  const { at } = name
  const glob = isText(node) ? fileGlob(node.value) : ''
  if (files.length === 0) findings.error('no-such-file', `no file fits '${glob}'`, at, beside(at.file))
  const there = new Set(files)
  const hint = `the files that fit '${glob}' are ${files.join(', ')}`
  return {
    ...name,
    render(scope, holes, pointer) {
      const before = holes?.length
      const value = name.render(scope, holes, pointer)
      if (holes && holes.length !== before) return value
      const path = pathBeside(at.file, String(value))
      // With no file at all, that is said once and not for each host.
      if (there.has(path) || there.size === 0) return path
      throw new ExpressionFailure(mistake('no-such-file', `there is no file ${path}`, at, hint))
    },
  }
}

const beside = (file: string): string => `the name is relative to the directory of ${file}`
