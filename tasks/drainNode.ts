// drainNode: a scheduler gives a node no new jobs and it runs none, or it gets back the state that it had before.
import {
  AbsolutePath,
  change,
  command,
  commandOutput,
  createDirectory,
  defineTask,
  factDiff,
  ok,
  quoteShell,
  refuse,
  removePath,
  replaceFile,
  script,
  Type,
  textFile,
  UNKNOWN,
} from 'crane-play/task'

const PATIENCE = 86_400
const PAUSE_SECONDS = 2
const RECORDS = '/var/lib/crane-play/drained'

/** CraneSched's own. `{node}` and `{reason}` stand for the parameters. */
const CRANE = {
  show: ['ccontrol', 'show', 'node', '{node}'],
  drain: ['ccontrol', 'update', 'nodename={node}', 'state=drain', 'reason={reason}'],
  resume: ['ccontrol', 'update', 'nodename={node}', 'state=resume'],
  drained: 'State=[a-z]+\\(drain\\)',
  idle: 'RunningJob=0( |$)',
}

const Words = (description: string) => Type.Array(Type.String(), { description, minItems: 1 })

export default defineTask({
  name: 'drainNode',
  summary:
    'Has the scheduler give a node no new jobs and waits until it runs none; or gives the node back. A node that somebody else drained stays drained.',
  params: Type.Object({
    node: Type.String({
      description:
        "The node, as the scheduler calls it. The task runs where the scheduler's commands are: see `delegate_to`.",
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      errorMessage: 'must be the name of one node',
    }),
    state: Type.Optional(
      Type.Union([Type.Literal('drained'), Type.Literal('returned')], {
        description: 'returned: the node gets jobs again if this task drained it.',
        default: 'drained',
      }),
    ),
    reason: Type.Optional(
      Type.String({
        description: 'What the scheduler shows as the reason.',
        pattern: '^[^"\\x00-\\x1f]+$',
        errorMessage: 'must be one line without double quotes',
        default: 'crane-play',
      }),
    ),
    patience: Type.Optional(
      Type.Integer({
        description: 'Seconds to wait for its jobs at most.',
        minimum: 1,
        maximum: 2_592_000,
        default: PATIENCE,
      }),
    ),
    recipe: Type.Optional(
      Type.Object(
        {
          show: Words('A read-only command that prints the state of the node.'),
          drain: Words('Lets the node run its jobs to their end and gives it no more.'),
          resume: Words('Lets the node get jobs again.'),
          drained: Type.String({
            description: 'A regular expression (grep -E) that `show` matches while the node is drained.',
          }),
          idle: Type.String({ description: 'One that `show` matches while no job runs on the node.' }),
        },
        {
          description:
            "The scheduler's commands; {node} and {reason} stand for the parameters. Default: those of CraneSched.",
          additionalProperties: false,
          default: CRANE,
        },
      ),
    ),
    records: Type.Optional(
      AbsolutePath('The directory that keeps which nodes this task drained, on the host that runs the commands.'),
    ),
  }),
  result: Type.Object({ drained: Type.Boolean({ description: 'Whether the node gets no jobs afterwards.' }) }),
  followsOthers: true,
  observe: (params) => ({
    record: textFile(recordOf(params)),
    shown: commandOutput(filled(params, recipeOf(params).show)),
  }),
  decide({ params, observed: { record, shown } }) {
    const { node, state = 'drained' } = params
    const recipe = recipeOf(params)
    if (shown.status !== 0)
      return refuse(
        `\`${filled(params, recipe.show)}\` exits with status ${shown.status}`,
        shown.status === 127
          ? 'run the task where the commands of the scheduler are, with `delegate_to`'
          : 'check that the scheduler knows the node',
      )
    const drained = matches(recipe.drained, shown.stdout)
    const idle = matches(recipe.idle, shown.stdout)
    const ours = record.type === 'file'
    if (state === 'returned') {
      if (!ours)
        return ok({
          note: drained ? `${node} was drained by somebody else and stays so` : `${node} gets jobs`,
          data: { drained },
        })
      return change({
        note: drained ? `return ${node} to the scheduler` : `forget that ${node} was drained: it gets jobs already`,
        diffs: [factDiff(`${node} in the scheduler`, drained ? 'drained' : 'gets jobs', 'gets jobs')],
        after: { record: { type: 'absent' as const }, shown: UNKNOWN },
        plan: { resume: drained, drain: false },
      })
    }
    if (drained && idle)
      return ok({ note: `${node} is drained${ours ? '' : ' by somebody else'} and runs no job`, data: { drained } })
    return change({
      note: drained
        ? `wait until ${node} runs no job`
        : `drain ${node}${idle ? '' : ', and wait until its jobs have ended'}`,
      diffs: drained ? [] : [factDiff(`${node} in the scheduler`, 'gets jobs', 'drained')],
      after: { ...(!drained && { record: UNKNOWN }), shown: UNKNOWN },
      plan: { resume: false, drain: !drained },
    })
  },
  apply({ params, plan }) {
    const { node, state = 'drained', reason = 'crane-play', patience = PATIENCE } = params
    const recipe = recipeOf(params)
    const run = (words: readonly string[], log: string) => ({
      ...command(...words.map((word) => fill(params, word))),
      log,
    })
    if (state === 'returned')
      return [
        ...(plan.resume ? [run(recipe.resume, `returned ${node} to the scheduler`)] : []),
        removePath(recordOf(params)),
      ]
    return [
      // The record comes first: a run that is killed between the two drains again, and still knows whose it is.
      ...(plan.drain
        ? [
            createDirectory({ path: params.records ?? RECORDS, mode: '0700' }),
            replaceFile({ path: recordOf(params), content: `${reason}\n`, mode: '0600' }),
            run(recipe.drain, `drained ${node}: ${reason}`),
          ]
        : []),
      script(
        `wait until ${node} runs no job`,
        `end=$(($(date +%s) + ${patience}))
until ${filled(params, recipe.show)} | grep -Eq ${quoteShell(recipe.idle)}; do
  [ "$(date +%s)" -lt "$end" ] || { echo 'jobs still run' >&2; exit 1; }
  sleep ${PAUSE_SECONDS}
done`,
      ),
    ]
  },
  collect: (_, { state }) => ({ drained: state !== 'returned' }),
  explain: ({ stderr }, { node, patience = PATIENCE }) =>
    stderr.includes('jobs still run')
      ? {
          cause: `${node} still runs jobs after ${patience} s; it stays drained`,
          hint: 'run again to go on waiting; to give it back, use `state: returned`',
        }
      : undefined,
  deadlineSeconds: ({ patience = PATIENCE }) => patience + 60,
})

type Params = {
  readonly node: string
  readonly reason?: string
  readonly records?: string
  readonly recipe?: typeof CRANE
}

const recipeOf = ({ recipe = CRANE }: Params) => recipe
const recordOf = ({ node, records = RECORDS }: Params) => `${records}/${node}`
const fill = ({ node, reason = 'crane-play' }: Params, word: string) =>
  word.replace(/\{(node|reason)\}/g, (_, name) => (name === 'node' ? node : reason))
const filled = (params: Params, words: readonly string[]) =>
  words.map((word) => quoteShell(fill(params, word))).join(' ')

/** A pattern that JavaScript does not understand matches nothing, as with grep. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'm').test(text)
  } catch {
    return false
  }
}
