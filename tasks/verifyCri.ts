// verifyCri: the container runtime speaks CRI v1, is recent enough, and is ready, including its network.
import { awaitCri, type CriDemands, versionWarning } from 'crane-play/container'
import {
  AbsolutePath,
  refuse,
  defineTask,
  digestOf,
  type DirectoryFact,
  directory,
  evidence,
  type FileFact,
  inode,
  keepEvidence,
  ok,
  type PackageFact,
  packageState,
  type Probe,
  provedAt,
  ReachableAddress,
  readEvidence,
  Type,
  type UnitFact,
  UNKNOWN,
  UnitName,
  unit,
  unitName,
  verify,
} from 'crane-play/task'

const SOCKET = '/run/containerd/containerd.sock'
const FILES = ['/etc/containerd/config.toml']
const CNI = '/etc/cni/net.d'
const PATIENCE = 20
/** The packages whose versions the distribution may have changed, by the runtime's unit. */
const PACKAGES: Readonly<Record<string, string>> = { containerd: 'containerd', crio: 'cri-o' }
/** Older ones do not send the events by which CraneSched learns that a container ended. */
const MINIMUM = { containerd: '1.7', 'cri-o': '1.26' }

type Questions = {
  readonly unit: Probe<UnitFact>
  readonly network: Probe<DirectoryFact>
  readonly evidence: Probe<FileFact>
  readonly package: Probe<PackageFact>
} & { readonly [path: `/${string}`]: Probe<FileFact> }

export default defineTask({
  name: 'verifyCri',
  summary: 'Proves that the container runtime speaks CRI v1, is new enough and is ready, and keeps the proof.',
  params: Type.Object({
    socket: Type.Optional({ ...AbsolutePath("The runtime's socket."), default: SOCKET }),
    service: Type.Optional({
      ...UnitName("The runtime's unit: a proof is old when it was restarted."),
      default: 'containerd',
    }),
    files: Type.Optional(
      Type.Array(AbsolutePath('A file.'), {
        description: 'Its configuration: a proof is old when one of them changed.',
        default: FILES,
      }),
    ),
    cniDirectory: Type.Optional({
      ...AbsolutePath('Where the network configuration is: a proof is old when it changed.'),
      default: CNI,
    }),
    minimumVersion: Type.Optional(
      Type.String({
        description: 'The oldest version that will do. Left out: what CraneSched needs of this runtime.',
        pattern: '^\\d+(\\.\\d+)*$',
        errorMessage: 'must be a version such as 1.7',
        examples: ['1.7'],
      }),
    ),
    network: Type.Optional(Type.Boolean({ description: 'Whether pods must have a network.', default: true })),
    streamAddress: Type.Optional(
      ReachableAddress(
        "The address at which the streams of containers must be offered: the node's own IP address in the cluster. deploy.yml takes node_address, else ansible_host.",
      ),
    ),
    patience: Type.Optional(
      Type.Integer({ description: 'Seconds to wait until it is ready.', minimum: 0, maximum: 600, default: PATIENCE }),
    ),
    always: Type.Optional(Type.Boolean({ description: 'Prove it in each run, also when nothing changed.' })),
  }),
  result: Type.Object({ runtime: Type.String(), version: Type.String(), digest: Type.String() }),
  observe: (params): Questions => ({
    ...Object.fromEntries((params.files ?? FILES).map((path) => [path, inode(path)])),
    unit: unit(params.service ?? 'containerd'),
    network: directory(params.cniDirectory ?? CNI),
    evidence: evidence('cri', claimOf(params)),
    package: packageState(PACKAGES[params.service ?? 'containerd'] ?? 'containerd'),
  }),
  decide({ params, observed, context }) {
    const { unit, network, evidence: record, package: installed, ...files } = observed
    const { socket = SOCKET, service = 'containerd', always } = params
    if (unit.load === 'not-found') return refuse(`there is no unit ${unitName(service)}`, 'install the runtime')
    if (unit.active !== 'active' && unit.active !== 'reloading') {
      return refuse(
        `${unitName(service)} is ${unit.active}`,
        `start it with ensureService; on the host, see systemctl status ${service}`,
      )
    }
    const changes = Object.entries(files).map(([path, file]) => [
      path,
      'changedAt' in file ? file.changedAt : file.type,
    ])
    const digest = digestOf({ claim: claimOf(params), startedAt: unit.startedAt, changes, network: network.entries })
    const proof = readEvidence(record)
    const runtime = proof?.['runtime'] ?? null
    const version = proof?.['version'] ?? null
    const isProven = proof?.digest === digest
    const warning = isProven
      ? versionWarning(String(runtime), String(version))
      : versionWarning('containerd', upstreamVersion(installed))
    const warnings = warning === undefined ? [] : [warning]
    if (isProven && !always) {
      return ok({
        note: `proven ${provedAt(proof)}: ${runtime} ${version} speaks CRI v1 and is ready`,
        data: { runtime, version, digest },
        warnings,
      })
    }
    return verify({
      note: `ask the runtime at ${socket}`,
      after: { evidence: UNKNOWN },
      plan: { digest, at: context.now },
      data: { digest },
      warnings,
      repeats: always === true,
    })
  },
  apply({ params, plan }) {
    const { socket = SOCKET, minimumVersion, network = true, streamAddress, patience = PATIENCE } = params
    const demands: CriDemands = {
      socket,
      network,
      streamAddress,
      minimum: minimumVersion === undefined ? MINIMUM : { containerd: minimumVersion, 'cri-o': minimumVersion },
    }
    const said = ({ runtime, version }: { runtime: string; version: string }) =>
      JSON.stringify({ runtime, version, digest: plan.digest, at: plan.at })
    const label = `ask the runtime at ${socket}`
    return [
      {
        kind: 'socket',
        label,
        path: socket,
        talk: async (dial, deadlineMs) =>
          said(await awaitCri(dial, demands, Math.min(patience * 1000, deadlineMs - 5_000))),
      },
      ...keepEvidence('cri', claimOf(params), (earlier) =>
        JSON.parse(earlier.find((output) => output.label === label)?.stdout ?? ''),
      ),
    ]
  },
  collect([output]) {
    const { runtime, version, digest } = JSON.parse(output?.stdout ?? '')
    return { runtime, version, digest }
  },
  deadlineSeconds: ({ patience = PATIENCE }) => patience + 30,
})

/** `1.7.24~ds1` of Debian's `1.7.24~ds1-6+b1`: what the runtime reports. `0.0.0` where it is not installed. */
const upstreamVersion = ({ manager, version }: PackageFact): string =>
  (manager === 'apt' ? version?.replace(/^\d+:/, '').replace(/-[^-]*$/, '') : undefined) ?? '0.0.0'

/** What is proved, and of which runtime. How long one waits for it, and what makes the proof old, is not part of it. */
function claimOf({ socket = SOCKET, service = 'containerd', minimumVersion, network = true, streamAddress }: Claim) {
  return { socket, service: unitName(service), minimumVersion, network, streamAddress }
}

interface Claim {
  readonly socket?: string
  readonly service?: string
  readonly minimumVersion?: string
  readonly network?: boolean
  readonly streamAddress?: string
}
