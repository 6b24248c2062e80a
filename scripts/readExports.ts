// Reads the exports of an entry point with their declarations and docstrings, for the reference page and its test.
import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'

export interface Export {
  readonly name: string
  /** Relative to the entry point's directory; a package's name for what it passes on from there. */
  readonly from: string
  readonly kind: 'function' | 'const' | 'class' | 'interface' | 'type' | 'package'
  /** The text between the comment's marks, without the stars; undefined when there is none. */
  readonly docstring: string | undefined
  /** The declaration as it is written: whole for a type, without the body for a function, without the value for a constant. */
  readonly declaration: string
}

/** All names that `export { … } from '…'` statements of a file pass on, in their order. `read` gives a file's text. */
export function readExports(entry: string, read = (path: string) => readFileSync(path, 'utf8')): readonly Export[] {
  return [...read(entry).matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap(
    ([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter(Boolean)
        .map((name): Export => {
          if (!from.startsWith('.')) return { name, from, kind: 'package', docstring: undefined, declaration: '' }
          const path = resolve(dirname(entry), from)
          return { name, from: relative(dirname(entry), path), ...declarationOf(name, read(path)) }
        }),
  )
}

function declarationOf(name: string, text: string): Pick<Export, 'kind' | 'docstring' | 'declaration'> {
  const declaration = new RegExp(
    `^export (?:declare )?(?:async )?(function|const|class|interface|type) ${name}\\b`,
    'm',
  )
  const found = declaration.exec(text)
  if (!found) throw new Error(`the declaration of ${name} is not found`)
  const before = text.slice(0, found.index)
  const comment = before.endsWith('*/\n') ? before.slice(before.lastIndexOf('/**') + 3, -3) : undefined
  const kind = found[1] as Export['kind']
  return {
    kind,
    docstring: comment?.replace(/^[ \t]*\*( |$)/gm, '').trim(),
    declaration: headOf(kind, text.slice(found.index)),
  }
}

/** Statements of these files begin at the left margin, as the formatter has them. */
function headOf(kind: Export['kind'], text: string): string {
  const statement = /^[\s\S]*?(?=\n\n\S|\n\/|\nexport |\nconst |\nfunction |\s*$(?![\s\S]))/.exec(text)?.[0] ?? text
  const end =
    kind === 'class'
      ? / \{\n/.exec(statement)?.index
      : kind === 'function'
        ? bodyAt(statement)
        : valueAt(kind, statement)
  return statement
    .slice(0, end)
    .replace(/^export (declare )?(async )?/, '')
    .trimEnd()
}

/** The body of a function begins before its first statement: a type may span lines with braces of its own. */
const bodyAt = (statement: string): number | undefined =>
  / \{\n(?= {2}(?:const|let|return|if|for|while|throw|switch|try|\/\/))/.exec(statement)?.index

/** A constant that is a function shows its parameters, another one its name and type. */
const valueAt = (kind: Export['kind'], statement: string): number | undefined =>
  kind === 'const' ? (/ =>[ \n]/.exec(statement) ?? / =[ \n]/.exec(statement))?.index : undefined
