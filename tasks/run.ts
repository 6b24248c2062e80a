// run: a command that no other task type covers, with a condition that says when it is due.
import {
  AbsolutePath,
  change,
  commandLine,
  commandOutput,
  defineTask,
  inode,
  ok,
  quoteShell,
  refuse,
  script,
  Type,
  UNKNOWN,
  mayCreateAnything,
} from 'crane-play/task'

const NOT_RUN = { stdout: '', stderr: '', exitStatus: 0 }

export default defineTask({
  name: 'run',
  summary: 'Runs a command when it is due, or in every run.',
  shorthand: 'command',
  params: Type.Object({
    command: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1 })], {
      description: 'A string for `sh -c`, or a list of words that are passed on as they are.',
    }),
    creates: Type.Optional(AbsolutePath('Due while this path does not exist.')),
    removes: Type.Optional(AbsolutePath('Due while this path exists.')),
    unless: Type.Optional(
      Type.String({
        description: 'A read-only command. Due while it exits with a status other than 0.',
        minLength: 1,
      }),
    ),
    always: Type.Optional(Type.Boolean({ description: 'Due in every run, and reported as changed each time.' })),
    chdir: Type.Optional(AbsolutePath('The directory to run in, for `unless` too.')),
  }),
  result: Type.Object({ stdout: Type.String(), stderr: Type.String(), exitStatus: Type.Integer() }),
  check({ creates, removes, unless, always }) {
    const facts = [creates, removes, unless].filter((fact) => fact !== undefined).length
    if (facts === 0 && !always) {
      return [
        {
          path: '',
          message: 'does not say when the command is due',
          hint: 'add creates, removes or unless, or `always: true` if it must run every time',
        },
      ]
    }
    if (facts > 0 && always)
      return [{ path: '/always', message: 'always cannot be combined with creates, removes or unless' }]
    return []
  },
  followsOthers: true,
  observe: ({ creates, removes, unless, chdir }, { environment }) => ({
    ...(creates !== undefined && { creates: inode(creates) }),
    ...(removes !== undefined && { removes: inode(removes) }),
    ...(unless !== undefined && { unless: commandOutput(exported(environment) + within(chdir, unless)) }),
  }),
  decide({ params, observed: { creates, removes, unless } }) {
    if (creates?.type === 'denied') return denied(params.creates)
    if (removes?.type === 'denied') return denied(params.removes)
    if (creates && creates.type !== 'absent') return ok({ note: `${params.creates} exists`, data: NOT_RUN })
    if (removes?.type === 'absent') return ok({ note: `${params.removes} does not exist`, data: NOT_RUN })
    if (unless?.status === 0) return ok({ note: `\`${params.unless}\` exits with 0`, data: NOT_RUN })
    return change({
      note: `run ${said(params.command)}`,
      after: {
        ...(creates && { creates: UNKNOWN }),
        ...(removes && { removes: { type: 'absent' as const } }),
        ...(unless && { unless: UNKNOWN }),
      },
      plan: {},
      mayCreate: mayCreateAnything,
      stillDue: creates
        ? `the command succeeded but did not create ${params.creates}`
        : removes
          ? `the command succeeded but did not remove ${params.removes}`
          : `the command succeeded but \`${params.unless}\` still exits with status ${unless?.status}`,
      repeats: params.always === true,
    })
  },
  apply: ({ params: { command, chdir } }) => [
    script(said(command), within(chdir, typeof command === 'string' ? command : commandLine(command))),
  ],
  collect: ([output]) => ({
    stdout: output?.stdout ?? '',
    stderr: output?.stderr ?? '',
    exitStatus: output?.status ?? 0,
  }),
})

/** Nobody knows whether the path exists. */
const denied = (path = '') => refuse(`permission denied: ${path}`, 'add `become: true`')

const exported = (environment: Readonly<Record<string, string>> = {}) =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoteShell(value)}; `)
    .join('')

const said = (command: string | string[]) => (typeof command === 'string' ? command : commandLine(command))

/** Its own shell, so that variables it sets and its `exit` do not affect the session. */
const within = (chdir: string | undefined, command: string) =>
  `${chdir === undefined ? '' : `cd ${quoteShell(chdir)} && `}sh -c ${quoteShell(command)}`
