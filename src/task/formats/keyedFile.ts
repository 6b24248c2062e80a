// The task types that set keys of a structured text file, the same for every format.
import { type Static, Type } from 'typebox'
import { refuse, change, ok } from '../decision.ts'
import { refuseType } from '../refuseType.ts'
import { holds, isTree, type Tree } from './deepMerge.ts'
import { defineTask, type TaskType } from '../defineTask.ts'
import { AbsolutePath, Backup, Follow, KeyTable, Validate } from '../params.ts'
import type { Patched } from './patchToml.ts'
import { commandOutput } from '../probes/commandOutput.ts'
import { type FileFact, inode, textFile } from '../probes/file.ts'
import { predictFile } from '../steps/predictFile.ts'
import { explainWriteFailure, replaceFile } from '../steps/replaceFile.ts'
import { textDiff } from '../content/textDiff.ts'

/** A format of files whose keys can be set. */
export interface KeyedFormat {
  /** The task type's name. */
  readonly name: string
  /** What people call it: `TOML`. */
  readonly format: string
  /** Returns the text with the keys set and the rest unchanged. */
  readonly patch: (text: string, set: Tree) => Patched
  /** Returns the values of a text; undefined when it is not valid. */
  readonly parse: (text: string) => Tree | undefined
  /** The format has no null. */
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
    set: KeyTable(
      'The keys to set, nested as in the file. A list replaces a list. Set all keys of a file in one task: `validate` then judges them together, before any of them is on disk.',
    ),
    where: Type.Optional(KeyTable('The task is skipped unless these keys have these values. null: the key is absent.')),
    initial: Type.Optional(
      Type.String({
        description: 'A command that prints the initial content of a missing or blank file.',
        examples: ['containerd config default'],
      }),
    ),
    create: Type.Optional(Type.Boolean({ description: 'Create the file when it is missing.', default: true })),
    validate: Validate,
    backup: Backup,
    follow: Follow,
  })

type Params = Static<ReturnType<typeof paramsOf>>

/**
 * Makes the task type that sets keys of files of one format, such as ensureToml.
 *
 * @param format - The task type's name, and how files of the format are read and edited.
 */
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
            hint: 'write a value, or leave out the key',
          }))
        : [],
    writes: ({ path }) => [path],
    observe: ({ path, initial, follow }, { environment }) => ({
      file: textFile(path, { follow }),
      parent: inode(parentDirectory(path)),
      ...(initial !== undefined && { initial: commandOutput(initial, { whileEmpty: path, environment }) }),
    }),
    decide({ params, observed: { file, parent, initial }, context }) {
      const before = textOf(file)
      const wrong = refuseType(params.path, file, 'file')
      if (wrong) return wrong
      if (before === undefined) return refuse(`${params.path} is not a readable text file`, UNREADABLE)
      const fresh = before.trim() === ''
      const start = fresh && initial && initial.status !== null ? initial : undefined
      if (start && start.status !== 0) {
        return refuse(
          `\`${params.initial}\` exits with status ${start.status}`,
          'install the package that contains the command',
        )
      }
      if (file.type === 'absent' && params.create === false) {
        return refuse(`${params.path} does not exist`, 'create it first, or remove `create: false`')
      }
      const base = start ? start.stdout : before
      if (params.where) {
        const values = parse(base)
        if (values && !matches(values, params.where)) return ok({ note: `skipped: ${differing(values, params.where)}` })
      }
      const patched = patch(base, params.set as Tree)
      if (!patched.ok)
        return refuse(
          `${params.path} is not valid ${format}: ${patched.cause}`,
          'fix the file by hand first',
          patched.lines,
        )
      if (patched.text === before) return ok()
      if (parent.type === 'absent')
        return refuse(
          `the directory ${parentDirectory(params.path)} does not exist`,
          'create it first with ensureDirectory',
        )
      return change({
        note: `set keys in ${params.path}`,
        diffs: [textDiff(params.path, file.type === 'file' ? before : null, patched.text)],
        after: { file: predictFile(file, patched.text, context.predictedTime) },
        plan: { text: patched.text, seen: file },
      })
    },
    apply: ({ params, plan }) => [replaceFile({ ...fileOf(params), content: plan.text, seen: plan.seen })],
    explain: (failed, { path }) => explainWriteFailure(failed, path),
  })
}

const fileOf = ({ path, backup, validate, follow }: Params) => ({ path, backup, validate, follow })

/** The directory that contains a path: `/etc` for `/etc/motd`. */
export const parentDirectory = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** An absent file has the empty text; undefined for what has no text. */
function textOf(file: FileFact): string | undefined {
  if (file.type === 'absent') return ''
  return file.type === 'file' ? (file.text ?? undefined) : undefined
}

const UNREADABLE = 'check that it can be read, is at most 256 KiB long and is UTF-8 text'

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
