// run: a command that no other task type covers, with a fact that says whether it is still due.
import {
  AbsolutePath,
  change,
  commandLine,
  commandOutput,
  defineTask,
  inode,
  ok,
  quoteShell,
  script,
  Type,
  UNKNOWN,
  mayCreateAnything,
} from 'crane-play/task'

const NOT_RUN = { stdout: '', stderr: '', exitStatus: 0 }

export default defineTask({
  name: 'run',
  summary: 'Runs a command while a fact says that it is due, or always.',
  shorthand: 'command',
  params: Type.Object({
    command: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1 })], {
      description: 'A text for sh -c, or a list of words that no shell looks at.',
    }),
    creates: Type.Optional(AbsolutePath('It is due while this path does not exist.')),
    removes: Type.Optional(AbsolutePath('It is due while this path exists.')),
    unless: Type.Optional(
      Type.String({
        description: 'A read-only command: it is due while this exits with another status than 0.',
        minLength: 1,
      }),
    ),
    always: Type.Optional(Type.Boolean({ description: 'It is due in each run, and reported changed each time.' })),
    chdir: Type.Optional(AbsolutePath('The directory it runs in, `unless` too.')),
  }),
  result: Type.Object({ stdout: Type.String(), stderr: Type.String(), exitStatus: Type.Integer() }),
  check({ creates, removes, unless, always }) {
    const facts = [creates, removes, unless].filter((fact) => fact !== undefined).length
    if (facts === 0 && !always) {
      return [
        {
          path: '',
          message: 'does not say when the command is due',
          hint: 'add creates, removes or unless, or `always: true` if it really must run each time',
        },
      ]
    }
    if (facts > 0 && always) return [{ path: '/always', message: 'always does not go with creates, removes or unless' }]
    return []
  },
  observe: ({ creates, removes, unless, chdir }) => ({
    ...(creates !== undefined && { creates: inode(creates) }),
    ...(removes !== undefined && { removes: inode(removes) }),
    ...(unless !== undefined && { unless: commandOutput(within(chdir, unless)) }),
  }),
  decide({ params, observed: { creates, removes, unless } }) {
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
        ? `the command ended well and did not make ${params.creates}`
        : removes
          ? `the command ended well and left ${params.removes} in place`
          : `the command ended well, and \`${params.unless}\` still exits with status ${unless?.status}`,
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

const said = (command: string | string[]) => (typeof command === 'string' ? command : commandLine(command))

/** A shell of its own, so that what the command sets or how it ends stays with it. */
const within = (chdir: string | undefined, command: string) =>
  `${chdir === undefined ? '' : `cd ${quoteShell(chdir)} && `}sh -c ${quoteShell(command)}`
