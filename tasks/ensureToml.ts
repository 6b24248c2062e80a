// ensureToml: keys of a TOML file have the given values; the rest of it stays as it was.
import {
  AbsolutePath,
  blocked,
  change,
  commandOutput,
  defineTask,
  KeyTable,
  ok,
  patchToml,
  predictFile,
  replaceFile,
  textDiff,
  textFile,
  Type,
} from 'crane-play/task'

export default defineTask({
  name: 'ensureToml',
  summary: 'Sets keys of a TOML file and leaves the rest, comments and order included, as it was.',
  params: Type.Object({
    path: AbsolutePath('The TOML file.'),
    set: KeyTable('The keys to set, nested as in the file. A list replaces a list.'),
    initial: Type.Optional(
      Type.String({
        description: 'A command whose output is what the file starts from while it is missing or empty.',
        examples: ['containerd config default'],
      }),
    ),
    backup: Type.Optional(Type.Boolean({ description: 'Keep the old file beside the new one.', default: false })),
  }),
  writes: ({ path }) => [path],
  observe: ({ path, initial }) => ({
    file: textFile(path),
    ...(initial !== undefined && { initial: commandOutput(initial, { whileEmpty: path }) }),
  }),
  decide({ params, observed: { file, initial }, context }) {
    if (file.type !== 'absent' && file.type !== 'file') return blocked(`${params.path} is not a file but: ${file.type}`)
    const before = file.type === 'file' ? file.text : ''
    if (before === null) return blocked(`${params.path} is too long or no text`)
    if (before === '' && initial && initial.status !== 0) {
      return blocked(
        `\`${params.initial}\` exits with status ${initial.status}`,
        'is the package that brings this command installed?',
      )
    }
    const base = before === '' && initial ? initial.stdout : before
    const patched = patchToml(base, params.set)
    if (!patched.ok) return blocked(`${params.path} is no valid TOML: ${patched.cause}`, 'mend the file by hand first')
    if (patched.text === before) return ok()
    return change({
      note: `set keys in ${params.path}`,
      diffs: [textDiff(params.path, file.type === 'file' ? before : null, patched.text)],
      after: { file: predictFile(file, patched.text, context.soon) },
      plan: { text: patched.text },
    })
  },
  apply: ({ params, plan }) => [replaceFile({ path: params.path, content: plan.text, backup: params.backup })],
})
