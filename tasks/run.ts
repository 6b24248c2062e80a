// run: a command that no other task type covers, with a condition for when it is due.
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
  verify,
} from 'crane-play/task'

const NOT_RUN = { stdout: '', stdoutLines: [], stderr: '', exitStatus: 0 }

export default defineTask({
  name: 'run',
  summary: 'Runs a command when it is due, or in every run.',
  shorthand: 'command',
  params: Type.Object({
    command: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1 })], {
      description: 'A string for the shell, or a list of words that are passed on as they are.',
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
    readOnly: Type.Optional(
      Type.Boolean({
        description: 'The command changes nothing: never reported as changed, and run in check mode too.',
      }),
    ),
    stdin: Type.Optional(Type.String({ description: 'The standard input. Default: empty.' })),
    executable: Type.Optional(AbsolutePath('The shell for `command` and `unless`. Default: `sh`.')),
    chdir: Type.Optional(AbsolutePath('The directory to run in, for `unless` too.')),
  }),
  result: Type.Object({
    stdout: Type.String({ description: 'What it wrote to stdout, without line ends at the end.' }),
    stdoutLines: Type.Array(Type.String(), { description: 'The lines of `stdout`.' }),
    stderr: Type.String({ description: 'What it wrote to stderr, without line ends at the end.' }),
    exitStatus: Type.Integer({ description: '0 when the command was not due.' }),
  }),
  shellTexts: ['command', 'unless'],
  judgedByUser: true,
  check({ creates, removes, unless, always, readOnly }, { changedWhen }) {
    const facts = [creates, removes, unless].filter((fact) => fact !== undefined).length
    if (facts === 0 && !always && !readOnly && !changedWhen) {
      return [
        {
          path: '',
          message: 'does not say when the command is due',
          hint: 'add creates, removes or unless; `readOnly: true` if it changes nothing; or `always: true` if it must run every time',
        },
      ]
    }
    if (facts > 0 && always)
      return [{ path: '/always', message: 'always cannot be combined with creates, removes or unless' }]
    if (readOnly && always)
      return [
        {
          path: '/always',
          message: 'always cannot be combined with readOnly',
          hint: 'delete it: without creates, removes or unless a readOnly command is run every time',
        },
      ]
    return []
  },
  followsOthers: true,
  observe: ({ creates, removes, unless, chdir, executable }, { environment }) => ({
    ...(creates !== undefined && { creates: inode(creates) }),
    ...(removes !== undefined && { removes: inode(removes) }),
    ...(unless !== undefined && { unless: commandOutput(within(chdir, unless, executable), { environment }) }),
  }),
  decide({ params, observed: { creates, removes, unless } }) {
    if (creates?.type === 'denied') return denied(params.creates)
    if (removes?.type === 'denied') return denied(params.removes)
    if (creates && creates.type !== 'absent') return ok({ note: `${params.creates} exists`, data: NOT_RUN })
    if (removes?.type === 'absent') return ok({ note: `${params.removes} does not exist`, data: NOT_RUN })
    if (unless?.status === 0) return ok({ note: `\`${params.unless}\` exits with 0`, data: NOT_RUN })
    if (params.readOnly)
      return verify({ note: said(params.command), after: {}, plan: {}, readOnly: true, repeats: true })
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
          : unless && `the command succeeded but \`${params.unless}\` still exits with status ${unless.status}`,
      repeats: !creates && !removes && !unless,
    })
  },
  apply: ({ params: { command, chdir, executable, stdin } }) => [
    script(said(command), within(chdir, said(command), executable), stdin === undefined ? {} : { stdin }),
  ],
  collect([output]) {
    const stdout = trimmed(output?.stdout)
    return {
      stdout,
      stdoutLines: stdout === '' ? [] : stdout.split('\n'),
      stderr: trimmed(output?.stderr),
      exitStatus: output?.status ?? 0,
    }
  },
})

/** Nobody knows whether the path exists. */
const denied = (path = '') => refuse(`permission denied: ${path}`, 'add `become: true`')

const said = (command: string | string[]) => (typeof command === 'string' ? command : commandLine(command))

/** Its own shell, so that variables it sets and its `exit` do not affect the session. */
const within = (chdir: string | undefined, command: string, executable = 'sh') =>
  `${chdir === undefined ? '' : `cd ${quoteShell(chdir)} && `}${quoteShell(executable)} -c ${quoteShell(command)}`

/** As the shell does it with `$(…)`; a program for terminals ends lines with CR LF. */
const trimmed = (output = '') => output.replace(/[\r\n]+$/, '')
