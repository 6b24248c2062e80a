// compareFile: compares a file with a given content; a difference is a warning with a diff, or is replaced.
import {
  AbsolutePath,
  Backup,
  change,
  defineTask,
  explainWriteFailure,
  Follow,
  ok,
  predictFile,
  refuse,
  refuseType,
  replaceFile,
  TEXT_LIMIT,
  textDiff,
  textFile,
  Type,
} from 'crane-play/task'

export default defineTask({
  name: 'compareFile',
  summary:
    'Compares a file with a content, such as what `readFile` registered on another host: a difference is a warning with a diff, or replaced.',
  params: Type.Object({
    path: AbsolutePath('The file. It must exist. A symbolic link is followed.'),
    content: Type.String({ description: 'What should be in it: at most 256 KiB.' }),
    source: Type.Optional(
      Type.String({ description: 'Where the content is from, for messages: the name of a host.', minLength: 1 }),
    ),
    replace: Type.Optional(
      Type.Boolean({
        description: 'Whether a file that differs gets the content. Its owner and mode stay.',
        default: false,
      }),
    ),
    backup: Backup,
    follow: Follow,
  }),
  writes: ({ path, replace }) => (replace ? [path] : []),
  observe: ({ path, follow }) => ({ file: textFile(path, { follow }) }),
  decide({ params: { path, content, source, replace }, observed: { file }, context }) {
    const from = source === undefined ? 'the content given' : `that of ${source}`
    const wrong = refuseType(path, file, 'file', 'name a file')
    if (wrong) return wrong
    if (file.type !== 'file') return refuse(`${path} does not exist`, 'create it first')
    if (Buffer.byteLength(content) > TEXT_LIMIT)
      return refuse(
        `the content has ${Buffer.byteLength(content)} bytes`,
        `compare a file of at most ${TEXT_LIMIT} bytes`,
      )
    if (file.text === content) return ok({ note: `equals ${from}` })
    const theirs = source === undefined ? path : `${path} on ${source}`
    const diffs = [textDiff(path, file.text ?? `other bytes, ${file.size} of them\n`, content, theirs)]
    if (!replace) return ok({ warnings: [`${path} differs from ${from}`], diffs })
    return change({
      note: `replace ${path} by ${from}`,
      diffs,
      after: { file: predictFile(file, content, context.predictedTime) },
      plan: { content, seen: file },
    })
  },
  apply: ({ params: { path, backup, follow }, plan }) => [
    replaceFile({ path, backup, follow, content: plan.content, seen: plan.seen }),
  ],
  explain: (failed, { path }) => explainWriteFailure(failed, path),
})
