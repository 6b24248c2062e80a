// verifyCcon: container jobs submitted with ccon run, end, and leave what they printed.
import {
  AbsolutePath,
  defineTask,
  digestOf,
  evidence,
  explainCconFailure,
  type FileFact,
  inode,
  keepEvidence,
  ok,
  type Probe,
  proveCcon,
  readEvidence,
  readProvedJobs,
  Type,
  UNKNOWN,
  verify,
} from 'crane-play/task'

const IMAGE = 'alpine:latest'
const DIRECTORY = '/tmp'
const TIMEOUT = 120
const CONFIG = '/etc/crane/config.yaml'

type Questions = { readonly evidence: Probe<FileFact>; readonly config: Probe<FileFact> }

const Name = (description: string) =>
  Type.String({ description, pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$', errorMessage: 'must be a plain name' })

export default defineTask({
  name: 'verifyCcon',
  summary: 'Proves that container jobs run on the cluster by submitting some with ccon, and keeps the proof.',
  params: Type.Object({
    partition: Name('The partition to submit to.'),
    image: Type.Optional(
      Type.String({
        description: 'An image that has `echo`; it should be on the nodes already.',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._/:@-]*$',
        default: IMAGE,
      }),
    ),
    nodes: Type.Optional(
      Type.Array(Name('A node, by its plain name.'), { description: 'One job for each. Left out: one job anywhere.' }),
    ),
    account: Type.Optional(Name('The account to submit with. Left out: the default one.')),
    directory: Type.Optional({
      ...AbsolutePath('Where the jobs run and leave their logs: on every node, and shared with this host.'),
      default: DIRECTORY,
    }),
    timeout: Type.Optional(
      Type.Integer({ description: 'Seconds for all jobs together.', minimum: 1, maximum: 3600, default: TIMEOUT }),
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
  observe: (): Questions => ({ evidence: evidence('ccon'), config: inode(CONFIG) }),
  decide({ params, observed: { evidence: record, config } }) {
    const { always, timeout: _, ...claims } = params
    const digest = digestOf({ claims, config: 'changedAt' in config ? config.changedAt : config.type })
    const proof = readEvidence(record)
    if (proof?.digest === digest && !always) {
      return ok({ note: 'proven: a container job ran and printed its line', data: { jobs: proof.jobs ?? [] } })
    }
    const { partition, image = IMAGE, nodes = [] } = params
    return verify({
      note: `run ${image} in partition ${partition}${nodes.length ? ` on ${nodes.join(',')}` : ''}`,
      after: { evidence: UNKNOWN },
      plan: { digest },
      repeats: always === true,
    })
  },
  apply({ params, plan }) {
    const { partition, image = IMAGE, nodes = [], account = '', directory = DIRECTORY, timeout = TIMEOUT } = params
    const proof = proveCcon({ partition, image, nodes, account, directory, timeoutSeconds: timeout })
    return [
      proof,
      ...keepEvidence('ccon', (earlier) => ({
        digest: plan.digest,
        jobs: readProvedJobs(earlier.find((output) => output.label === proof.label)?.stdout ?? '').map((job) => ({
          ...job,
        })),
      })),
    ]
  },
  collect: ([output]) => ({ jobs: readProvedJobs(output?.stdout ?? '') }),
  explain: ({ stderr }) => explainCconFailure(stderr),
  deadlineSeconds: ({ timeout = TIMEOUT, nodes = [] }) => timeout + 60 + 5 * nodes.length,
})
