// verifyExec: users of this host reach the containers on other nodes, by address, encryption and firewall.
import { CraneName, cconLogs, craneLogs, explainCconFailure, proveExec, readProvedJobs } from 'crane-play/container'
import {
  AbsolutePath,
  defineTask,
  digestOf,
  evidence,
  keepEvidence,
  ok,
  provedAt,
  readEvidence,
  refuse,
  type StepOutput,
  textFile,
  Type,
  UNKNOWN,
  unit,
  verify,
} from 'crane-play/task'

const IMAGE = 'alpine:latest'
const TIMEOUT = 120
const CONFIG = '/etc/crane/config.yaml'

export default defineTask({
  name: 'verifyExec',
  summary:
    'Proves with `ccon exec`, and `ccon attach`, from this host that users reach the containers on other nodes, and keeps the proof.',
  params: Type.Object({
    partition: CraneName('The partition to submit to.'),
    nodes: Type.Array(CraneName('A node, by its plain name.'), {
      description: 'Nodes whose containers must be reachable from this host; it is not one of them.',
      minItems: 1,
    }),
    image: Type.Optional(
      Type.String({
        description: 'An image that has `sh`, `echo` and `sleep`; it should be on the nodes already.',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._/:@-]*$',
        errorMessage: 'must be the name of an image such as docker.io/library/alpine:3',
        default: IMAGE,
      }),
    ),
    account: Type.Optional(CraneName('The account to submit with. Left out: the default one.')),
    directory: AbsolutePath('Where the jobs run: a directory that every node shares with this host.'),
    tls: Type.Optional(Type.Boolean({ description: 'Whether the streams must be encrypted.' })),
    attach: Type.Optional(
      Type.Boolean({ description: 'Whether `ccon attach` must show what the containers print, too.', default: false }),
    ),
    port: Type.Optional(
      Type.Integer({
        description: 'A free port of the nodes to map into the containers: it must be reached from this host too.',
        minimum: 1,
        maximum: 65535,
      }),
    ),
    timeout: Type.Optional(
      Type.Integer({ description: 'Seconds for all jobs to start.', minimum: 1, maximum: 3600, default: TIMEOUT }),
    ),
    evidence: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String())], {
        description: 'What else the proof rests on, such as the digests of verifyCri: another text makes it due again.',
      }),
    ),
    always: Type.Optional(Type.Boolean({ description: 'Prove it in each run, also when nothing changed.' })),
  }),
  result: Type.Object({
    streams: Type.Array(
      Type.Object({ node: Type.String(), url: Type.String({ description: 'Where the stream was.' }) }),
    ),
  }),
  observe: (params) => ({
    evidence: evidence('exec', claimOf(params)),
    config: textFile(CONFIG),
    cranectld: unit('cranectld'),
  }),
  decide({ params, observed: { evidence: record, config, cranectld }, context }) {
    const { nodes, always, attach } = params
    if (nodes.includes(context.host))
      return refuse(`${context.host} is this host: that it reaches itself proves nothing`, 'leave it out of nodes')
    const digest = digestOf({
      claim: claimOf(params),
      evidence: params.evidence,
      config: 'changedAt' in config ? config.changedAt : config.type,
      cranectld: cranectld.startedAt,
    })
    const proof = readEvidence(record)
    if (proof?.digest === digest && !always)
      return ok({
        note: `proven ${provedAt(proof)}: this host reaches the containers`,
        data: { streams: proof.streams ?? [] },
      })
    return verify({
      note: `run a command in a container on ${nodes.join(',')} from here${attach ? ', and attach to it' : ''}`,
      after: { evidence: UNKNOWN },
      plan: { digest, at: context.now, logs: craneLogs(config.type === 'file' ? config.text : null) },
      repeats: always === true,
    })
  },
  apply({ params, plan: { digest, at } }) {
    const { timeout = TIMEOUT } = params
    const proof = proveExec({ ...claimOf(params), timeoutSeconds: timeout })
    return [proof, ...keepEvidence('exec', claimOf(params), (earlier) => ({ digest, at, streams: streamsIn(earlier) }))]
  },
  collect: (outputs) => ({ streams: streamsIn(outputs) }),
  followUp: ({ failed, plan }) => cconLogs(failed.stderr, plan.logs),
  explain: ({ stderr }, _params, read) => explainCconFailure(stderr, read),
  deadlineSeconds: ({ timeout = TIMEOUT, nodes }) => timeout + 60 + 30 * nodes.length,
})

const streamsIn = (outputs: readonly StepOutput[]) =>
  readProvedJobs(outputs[0]?.stdout ?? '').map(({ node, line }) => ({ node, url: line }))

interface Claim {
  readonly partition: string
  readonly nodes: readonly string[]
  readonly image?: string
  readonly account?: string
  readonly directory: string
  readonly tls?: boolean
  readonly attach?: boolean
  readonly port?: number
}

/** What is proved, and of what. */
const claimOf = ({ partition, nodes, image = IMAGE, account = '', directory, tls = false, attach, port }: Claim) => ({
  partition,
  nodes,
  image,
  account,
  directory,
  tls,
  ...(attach && { attach }),
  ...(port !== undefined && { port }),
})
