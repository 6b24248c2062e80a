// ensureUnitDropIn: a drop-in file of a systemd unit has these settings, and systemd has read them.
import {
  change,
  command,
  createDirectory,
  defineTask,
  explainWriteFailure,
  factDiff,
  ok,
  parentDirectory,
  predictFile,
  refuse,
  refuseType,
  removePath,
  replaceFile,
  textDiff,
  textFile,
  Type,
  UnitName,
  unit,
  unitName,
} from 'crane-play/task'

const Line = Type.String({ pattern: '^[^\\x00-\\x1f]*$', errorMessage: 'must be one line' })

const pathOf = (name: string, dropIn: string) =>
  `/etc/systemd/system/${unitName(name)}.d/${dropIn.replace(/\.conf$/, '')}.conf`

/** A list makes one line for each element, as systemd has it for `After=` or `Environment=`. */
const textOf = (sections: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
  Object.entries(sections)
    .map(([section, settings]) => {
      const lines = Object.entries(settings).flatMap(([key, value]) =>
        (Array.isArray(value) ? value : [value]).map((one) => `${key}=${String(one)}\n`),
      )
      return `[${section}]\n${lines.join('')}`
    })
    .join('\n')

export default defineTask({
  name: 'ensureUnitDropIn',
  summary: 'Writes or removes a drop-in file of a systemd unit, and has systemd read it. It restarts nothing.',
  params: Type.Object({
    unit: UnitName('The unit that is extended. `.service` may be left out. It need not exist yet.'),
    name: Type.String({
      description: 'The name of the file in the directory of the unit’s drop-ins. `.conf` may be left out.',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$',
      errorMessage: 'must be a file name such as 10-container-runtime',
      examples: ['10-container-runtime'],
    }),
    sections: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Z][A-Za-z]*$' }),
        Type.Record(
          Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]*$' }),
          Type.Union([Line, Type.Number(), Type.Boolean(), Type.Array(Line)]),
        ),
        {
          description:
            "Section → setting → value. A list gives one line for each element; '' empties a list of the unit.",
          minProperties: 1,
          additionalProperties: false,
          examples: [{ Unit: { After: 'containerd.service' } }],
        },
      ),
    ),
    state: Type.Optional(
      Type.Union([Type.Literal('present'), Type.Literal('absent')], {
        description: 'absent: the file is removed.',
        default: 'present',
      }),
    ),
  }),
  check: ({ sections, state = 'present' }) =>
    (sections === undefined) === (state === 'absent')
      ? []
      : [
          state === 'absent'
            ? { path: '/sections', message: 'sections cannot be combined with `state: absent`' }
            : {
                path: '',
                message: 'needs sections',
                hint: 'write `sections: { Unit: { After: containerd.service } }`',
              },
        ],
  writes: ({ unit, name }) => [pathOf(unit, name)],
  observe: (params) => ({ file: textFile(pathOf(params.unit, params.name)), unit: unit(params.unit) }),
  decide({ params, observed: { file, unit }, context }) {
    const path = pathOf(params.unit, params.name)
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    const before = file.type === 'file' ? file.text : null
    if (file.type === 'file' && before === null && params.sections)
      return refuse(`${path} is not a readable text file`, 'remove it first')
    const text = params.sections && textOf(params.sections)
    const reread = { ...unit, needsReload: false }
    if (text === undefined ? file.type === 'absent' : before === text) {
      if (!unit.needsReload) return ok()
      return change({
        note: `have systemd read ${unitName(params.unit)} again`,
        diffs: [factDiff(`${unitName(params.unit)} in systemd`, 'older than its files', 'as its files are')],
        after: { unit: reread },
        plan: { write: undefined, remove: false, seen: file },
      })
    }
    return change({
      note: text === undefined ? `remove ${path}` : `write ${path}`,
      diffs: [text === undefined ? factDiff(path, 'present', 'absent') : textDiff(path, before, text)],
      after: {
        file: text === undefined ? { type: 'absent' as const } : predictFile(file, text, context.predictedTime),
        unit: reread,
      },
      plan: { write: text, remove: text === undefined, seen: file },
    })
  },
  apply({ params, plan }) {
    const path = pathOf(params.unit, params.name)
    return [
      ...(plan.write === undefined
        ? []
        : [
            createDirectory({ path: parentDirectory(path) }),
            replaceFile({ path, content: plan.write, seen: plan.seen }),
          ]),
      ...(plan.remove ? [removePath(path)] : []),
      command('systemctl', 'daemon-reload'),
    ]
  },
  explain: (failed, { unit, name }) => explainWriteFailure(failed, pathOf(unit, name)),
})
