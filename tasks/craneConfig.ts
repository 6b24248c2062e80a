// craneConfig: the section `Container:` of CraneSched’s configuration, under the rules of its daemons.
import { checkCraneContainer, craneContainer, refusedByCraned, warnOfCraneContainer } from 'crane-play/container'
import {
  AbsolutePath,
  Backup,
  change,
  deepMerge,
  defineTask,
  explainWriteFailure,
  ok,
  parseYaml,
  patchYaml,
  predictFile,
  refuse,
  refuseType,
  removeYamlKey,
  replaceFile,
  textDiff,
  textFile,
  Type,
} from 'crane-play/task'

const PATH = '/etc/crane/config.yaml'

export default defineTask({
  name: 'craneConfig',
  summary:
    "Sets keys of `Container:` in CraneSched's configuration, refuses what its daemons cannot start with, and leaves every other byte as it was.",
  params: Type.Object({
    path: Type.Optional({ ...AbsolutePath('The configuration file. It must exist.'), default: PATH }),
    container: Type.Optional(craneContainer),
    state: Type.Optional(
      Type.Union([Type.Literal('present'), Type.Literal('absent')], {
        description: 'absent: the whole section is removed.',
        default: 'present',
      }),
    ),
    backup: Backup,
  }),
  check: ({ container, state = 'present' }) => {
    if ((container === undefined) === (state === 'present'))
      return [
        state === 'present'
          ? { path: '', message: 'has no container', hint: 'name the keys to set, or write `state: absent`' }
          : { path: '/container', message: 'container cannot be combined with `state: absent`' },
      ]
    return checkCraneContainer(container ?? {})
      .filter(({ path }) => path.startsWith('/SubId'))
      .map((mistake) => ({ ...mistake, path: `/container${mistake.path}` }))
  },
  writes: ({ path = PATH }) => [path],
  observe: ({ path = PATH }) => ({ file: textFile(path) }),
  decide({ params: { path = PATH, container }, observed: { file }, context }) {
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    if (file.type !== 'file') return refuse(`${path} does not exist`, 'install CraneSched and its configuration first')
    if (file.text === null)
      return refuse(`${path} is not a readable text file`, 'check its length and that it is UTF-8')
    const values = parseYaml(file.text)
    if (!values) return refuse(`${path} is not a valid YAML map`, 'fix the file by hand first')
    if (container === undefined) {
      const removed = removeYamlKey(file.text, 'Container')
      if (!removed.ok) return refuse(`${path}: ${removed.cause}`, 'remove the section by hand')
      if (removed.text === file.text) return ok()
      return change({
        note: `remove Container from ${path}`,
        diffs: [textDiff(path, file.text, removed.text)],
        after: { file: predictFile(file, removed.text, context.predictedTime) },
        plan: { text: removed.text, seen: file },
      })
    }
    if (!values['Partitions'])
      return refuse(
        `${path} has no Partitions`,
        'name the partitions in it first: craned reads `Container:` only where they are',
      )
    const section = deepMerge((values['Container'] ?? {}) as never, container as never)
    const [mistake] = refusedByCraned(section)
    if (mistake)
      return refuse(
        `${mistake.ends ? 'craned would not start' : 'container jobs would fail'} with it: Container${mistake.path.replaceAll('/', '.')} ${mistake.message}`,
        mistake.hint ?? 'correct it in the file, or set the key with this task',
      )
    const warnings = warnOfCraneContainer(section)
    const patched = patchYaml(file.text, { Container: container })
    if (!patched.ok)
      return refuse(`${path} is not valid YAML: ${patched.cause}`, 'fix the file by hand first', patched.lines)
    if (patched.text === file.text) return ok({ warnings })
    return change({
      note: `set keys of Container in ${path}`,
      diffs: [textDiff(path, file.text, patched.text)],
      after: { file: predictFile(file, patched.text, context.predictedTime) },
      plan: { text: patched.text, seen: file },
      warnings,
    })
  },
  apply: ({ params: { path = PATH, backup }, plan }) => [
    replaceFile({ path, backup, content: plan.text, seen: plan.seen }),
  ],
  explain: (failed, { path = PATH }) => explainWriteFailure(failed, path),
})
