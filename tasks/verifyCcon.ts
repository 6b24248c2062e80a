// verifyCcon: container jobs submitted with ccon run, finish, and print the expected output.
import {
  CraneName,
  cconLogs,
  craneLogs,
  explainCconFailure,
  type JobMust,
  PlainPath,
  proveCcon,
  readProvedJobs,
} from 'crane-play/container'
import {
  AbsolutePath,
  defineTask,
  digestOf,
  evidence,
  type FileFact,
  foldNodeSet,
  keepEvidence,
  ok,
  type Probe,
  provedAt,
  readEvidence,
  refuse,
  type StepOutput,
  textFile,
  Type,
  UNKNOWN,
  type UnitFact,
  unit,
  verify,
} from 'crane-play/task'

const IMAGE = 'alpine:latest'
const TIMEOUT = 120
const CONFIG = '/etc/crane/config.yaml'

type Questions = {
  readonly evidence: Probe<FileFact>
  readonly config: Probe<FileFact>
  readonly cranectld: Probe<UnitFact>
}

export default defineTask({
  name: 'verifyCcon',
  summary: 'Proves that container jobs run on the cluster by submitting some with ccon, and keeps the proof.',
  params: Type.Object({
    partition: CraneName('The partition to submit to.'),
    image: Type.Optional(
      Type.String({
        description: 'An image that has `echo`; it should be on the nodes already.',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._/:@-]*$',
        errorMessage: 'must be the name of an image such as docker.io/library/alpine:3',
        default: IMAGE,
      }),
    ),
    nodes: Type.Optional(
      Type.Array(CraneName('A node, by its plain name.'), {
        description: 'One job for each. Left out: one job anywhere.',
      }),
    ),
    account: Type.Optional(CraneName('The account to submit with. Left out: the default one.')),
    directory: AbsolutePath(
      'Where the jobs run and leave their logs: a directory that every node shares with this host.',
    ),
    timeout: Type.Optional(
      Type.Integer({ description: 'Seconds for all jobs together.', minimum: 1, maximum: 3600, default: TIMEOUT }),
    ),
    userns: Type.Optional(
      Type.Boolean({ description: 'Whether the jobs run in a user namespace, and must find it.', default: false }),
    ),
    mounts: Type.Optional(
      Type.Array(PlainPath('A directory that this host and the nodes share.'), {
        description: 'Directories to mount: the jobs must read a file there that only you may read.',
      }),
    ),
    gres: Type.Optional(
      Type.String({
        description: 'Resources for each job, as `ccon --gres` takes them.',
        pattern: '^[A-Za-z0-9_.:,-]+$',
        errorMessage: 'must be resources such as gpu:1',
        examples: ['gpu:1'],
      }),
    ),
    devices: Type.Optional(
      Type.Array(PlainPath('A device file.'), {
        description: 'Device files that the jobs must find in their containers.',
        examples: [['/dev/nvidia0']],
      }),
    ),
    failedNodes: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Nodes on which craned or the runtime failed before: while there are any, nothing is proved.',
      }),
    ),
    evidence: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String())], {
        description: 'What else the proof rests on, such as the digests of verifyCri: another text makes it due again.',
      }),
    ),
    always: Type.Optional(Type.Boolean({ description: 'Prove it in each run, also when nothing changed.' })),
  }),
  result: Type.Object({
    jobs: Type.Array(Type.Object({ job: Type.Integer(), node: Type.String(), line: Type.String() })),
  }),
  observe: (params): Questions => ({
    evidence: evidence('ccon', claimOf(params)),
    config: textFile(CONFIG),
    // On a host that is not the control node there is none, and nothing is known of its start.
    cranectld: unit('cranectld'),
  }),
  decide({ params, observed: { evidence: record, config, cranectld }, context }) {
    const { partition, image = IMAGE, nodes = [], always, failedNodes = [] } = params
    const found = mustOf(params)
    if (failedNodes.length > 0)
      return refuse(
        `not proven: craned or its runtime failed on ${foldNodeSet(failedNodes)}`,
        'fix what failed there and run it again',
      )
    const digest = digestOf({
      claim: claimOf(params),
      evidence: params.evidence,
      config: 'changedAt' in config ? config.changedAt : config.type,
      cranectld: cranectld.startedAt,
    })
    const proof = readEvidence(record)
    if (proof?.digest === digest && !always) {
      const note = `proven ${provedAt(proof)}: a container job ran and printed its line${found.says}`
      return ok({ note, data: { jobs: proof.jobs ?? [] } })
    }
    return verify({
      note: `run ${image} in partition ${partition}${nodes.length ? ` on ${nodes.join(',')}` : ''}${found.says}`,
      after: { evidence: UNKNOWN },
      plan: { digest, at: context.now, logs: craneLogs(textOf(config)) },
      repeats: always === true,
    })
  },
  apply({ params, plan: { digest, at } }) {
    const { timeout = TIMEOUT, directory, account = '' } = params
    const { partition, image, nodes } = claimOf(params)
    const { must } = mustOf(params)
    const proof = proveCcon({ partition, image, nodes, account, directory, timeoutSeconds: timeout, must })
    const jobs = (earlier: readonly StepOutput[]) =>
      readProvedJobs(earlier.find((output) => output.label === proof.label)?.stdout ?? '').map((job) => ({ ...job }))
    return [proof, ...keepEvidence('ccon', claimOf(params), (earlier) => ({ digest, at, jobs: jobs(earlier) }))]
  },
  collect: ([output]) => ({ jobs: readProvedJobs(output?.stdout ?? '') }),
  followUp: ({ failed, plan }) => cconLogs(failed.stderr, plan.logs),
  explain: ({ stderr }, _params, read) => explainCconFailure(stderr, read),
  deadlineSeconds: ({ timeout = TIMEOUT, nodes = [] }) => timeout + 60 + 5 * nodes.length,
})

/** Null where it is not a file, or a very long one. */
const textOf = (config: FileFact): string | null => (config.type === 'file' ? config.text : null)

/** What is proved, and of what. How long one waits for it, and what makes the proof old, is not part of it. */
function claimOf({ partition, image = IMAGE, nodes = [], account, directory, ...more }: Claim) {
  return { partition, image, nodes, account, directory, ...mustOf(more).must }
}

/** What the jobs must find, and how a note ends that says so. */
function mustOf({ userns, mounts = [], gres, devices = [] }: Must): { must: JobMust; says: string } {
  const must = {
    ...(userns && { userns }),
    ...(mounts.length > 0 && { mounts }),
    ...(gres !== undefined && { gres }),
    ...(devices.length > 0 && { devices }),
  }
  const parts = [...(userns ? ['a user namespace'] : []), ...mounts, ...(gres === undefined ? [] : [gres]), ...devices]
  return { must, says: parts.length > 0 ? `, with ${parts.join(', ')}` : '' }
}

interface Must {
  readonly userns?: boolean
  readonly mounts?: readonly string[]
  readonly gres?: string
  readonly devices?: readonly string[]
}

interface Claim extends Must {
  readonly partition: string
  readonly image?: string
  readonly nodes?: readonly string[]
  readonly account?: string
  readonly directory: string
}
