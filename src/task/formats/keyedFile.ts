// The task types that set keys of a structured text file, the same for every such format.
import { type Static, Type } from 'typebox'
import { refuse, change, ok } from '../decision.ts'
import { holds, isTree, type Tree } from './deepMerge.ts'
import { defineTask, type TaskType } from '../defineTask.ts'
import { AbsolutePath, KeyTable } from '../params.ts'
import type { Patched } from './patchToml.ts'
import { commandOutput } from '../probes/commandOutput.ts'
import { type FileFact, inode, textFile } from '../probes/file.ts'
import { explainWriteFailure, predictFile, replaceFile } from '../steps/replaceFile.ts'
import { textDiff } from '../content/textDiff.ts'

export interface KeyedFormat {
  /** The task type's name. */
  readonly name: string
  /** What people call it: `TOML`. */
  readonly format: string
  /** The text with the keys set, the rest of it as it was. */
  readonly patch: (text: string, set: Tree) => Patched
  /** The values of a text; undefined when it is no valid one. */
  readonly parse: (text: string) => Tree | undefined
  /** The format has no way to write that there is no value. */
  readonly noNull?: boolean
}

/** JSON pointers of the nulls in a tree. */
function nullsIn(value: unknown, path: string): string[] {
  if (value === null) return [path]
  if (typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, below]) =>
    nullsIn(below, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

const paramsOf = (format: string) =>
  Type.Object({
    path: AbsolutePath(`The ${format} file.`),
    set: KeyTable('The keys to set, nested as in the file. A list replaces a list.'),
    where: Type.Optional(
      KeyTable(
        'Keys that say whether the file is meant at all: where they have other values, nothing is done. null: absent.',
      ),
    ),
    initial: Type.Optional(
      Type.String({
        description: 'A command whose output is what the file starts from while it is missing or empty.',
        examples: ['containerd config default'],
      }),
    ),
    create: Type.Optional(
      Type.Boolean({ description: 'Whether to make the file where it is missing.', default: true }),
    ),
    validate: Type.Optional(
      Type.String({
        description: 'A command that must accept the new content before it is put in place; %s is its path.',
        pattern: '%s',
        errorMessage: 'must have %s where the path of the new content goes',
      }),
    ),
    backup: Type.Optional(Type.Boolean({ description: 'Keep the old file beside the new one.', default: false })),
  })

type Params = Static<ReturnType<typeof paramsOf>>

/** A task type that sets keys of files of one format. */
export function defineKeyedFileTask({ name, format, patch, parse, noNull }: KeyedFormat): TaskType {
  return defineTask({
    name,
    summary: `Sets keys of a ${format} file and leaves the rest, comments and order included, as it was.`,
    params: paramsOf(format),
    check: ({ set }) =>
      noNull
        ? nullsIn(set, '/set').map((path) => ({
            path,
            message: `${format} has no null`,
            hint: 'write a value, or leave the key out',
          }))
        : [],
    writes: ({ path }) => [path],
    observe: ({ path, initial }) => ({
      file: textFile(path),
      folder: inode(folderOf(path)),
      ...(initial !== undefined && { initial: commandOutput(initial, { whileEmpty: path }) }),
    }),
    decide({ params, observed: { file, folder, initial }, context }) {
      const before = textOf(file)
      if (before === undefined) return refuse(`${params.path} is not a text file that can be read`, hintFor(file))
      const fresh = before.trim() === ''
      if (fresh && initial && initial.status !== 0) {
        return refuse(
          `\`${params.initial}\` exits with status ${initial.status}`,
          'is the package that brings this command installed?',
        )
      }
      if (file.type === 'absent' && params.create === false) {
        return refuse(`there is no ${params.path}`, 'it is made by other means before, or drop `create: false`')
      }
      const base = fresh && initial ? initial.stdout : before
      if (params.where) {
        const values = parse(base)
        if (values && !matches(values, params.where))
          return ok({ note: `not meant: ${differing(values, params.where)}` })
      }
      const patched = patch(base, params.set as Tree)
      if (!patched.ok)
        return refuse(`${params.path} is no valid ${format}: ${patched.cause}`, 'mend the file by hand first')
      if (patched.text === before) return ok()
      if (folder.type === 'absent')
        return refuse(`there is no folder ${folderOf(params.path)}`, 'ensureDirectory makes it')
      return change({
        note: `set keys in ${params.path}`,
        diffs: [textDiff(params.path, file.type === 'file' ? before : null, patched.text)],
        after: { file: predictFile(file, patched.text, context.predictedTime) },
        plan: { text: patched.text },
      })
    },
    apply: ({ params, plan }) => [replaceFile({ ...fileOf(params), content: plan.text })],
    explain: (failed, { path }) => explainWriteFailure(failed, path),
  })
}

const fileOf = ({ path, backup, validate }: Params) => ({ path, backup, validate })

/** The folder that a file is in. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** An absent file has the empty text; undefined for what has no text that can be patched. */
function textOf(file: FileFact): string | undefined {
  if (file.type === 'absent') return ''
  return file.type === 'file' ? (file.text ?? undefined) : undefined
}

const hintFor = (file: FileFact): string =>
  file.type === 'denied'
    ? 'add `become: true`'
    : file.type === 'file'
      ? 'it may not be read, is longer than 256 KiB, or holds bytes that are no UTF-8'
      : `it is: ${file.type}`

/** As holds, and null stands for a key that is not there. */
const matches = (values: Tree, where: Tree): boolean =>
  Object.entries(where).every(([key, wanted]) => {
    const actual = values[key]
    if (wanted === null) return actual === undefined
    return isTree(wanted) && isTree(actual) ? matches(actual, wanted) : holds(actual, wanted)
  })

/** The first wanted key that has another value: `version is 2`. */
function differing(values: Tree, where: Tree): string {
  const [key = '', wanted] = Object.entries(where).find(([name, value]) => !matches(values, { [name]: value })) ?? []
  const actual = values[key]
  return wanted !== null && actual === undefined ? `it has no ${key}` : `${key} is ${JSON.stringify(actual)}`
}
