/** Turns a job into the CRI messages that CraneSched would send for it. */
import { createHash } from 'node:crypto'
import type { Job } from './jobTypes.ts'
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ContainerConfigSchema, NamespaceOptionSchema, PodSandboxConfigSchema } from './cri_pb.ts'
import type { Dns } from './readContainer.ts'

export type SandboxConfig = MessageInitShape<typeof PodSandboxConfigSchema>

export interface UserNamespace {
  uid: { start: number; size: number }
  gid: { start: number; size: number }
}

const nodeWide = 2

/** PodSandboxConfig of a job's pod on one node. */
export function sandboxMessage(job: Job, node: string, dns: Dns, userns: UserNamespace | undefined): SandboxConfig {
  const { container, cwd } = job.request
  const name = `job-${job.id}-${node}`.toLowerCase().slice(0, 63)
  const labels = { cranesched: 'true', uid: String(job.request.uid), job_id: String(job.id), job_name: container.name }
  return {
    metadata: { name, uid: createHash('sha256').update(name).digest('hex').slice(0, 16), namespace: 'cranesched' },
    hostname: container.network === 'host' ? '' : name,
    logDirectory: `${cwd}/${job.id}.out`,
    dnsConfig: { ...dns, servers: container.dns.length > 0 ? container.dns : dns.servers },
    portMappings: container.ports.map((port) => ({
      protocol: port.protocol === 'udp' ? 1 : 0,
      containerPort: port.container,
      hostPort: port.host,
    })),
    labels,
    annotations: Object.fromEntries(
      Object.entries({ ...labels, hostname: name, fqdn: `${name}.${dns.searches[0]}` })
        .filter(([key]) => key !== 'cranesched')
        .map(([key, value]) => [`cranesched.internal/${key}`, value]),
    ),
    linux: {
      cgroupParent: `/crane/job_${job.id}`,
      securityContext: { namespaceOptions: namespaceOptions(job, userns) },
    },
  }
}

function namespaceOptions(job: Job, userns: UserNamespace | undefined): MessageInitShape<typeof NamespaceOptionSchema> {
  const network = job.request.container.network === 'host' ? nodeWide : 0
  if (!userns) return { network, usernsOptions: { mode: nodeWide } }
  const mapping = ({ start, size }: { start: number; size: number }) => [
    { hostId: start, containerId: 0, length: size },
  ]
  return { network, usernsOptions: { mode: 0, uids: mapping(userns.uid), gids: mapping(userns.gid) } }
}

/** ContainerConfig of the job's primary step (step 1) on one node. */
export function containerMessage(
  job: Job,
  node: string,
  userns: UserNamespace | undefined,
  volumes: Job['request']['container']['volumes'],
  cdi: readonly string[],
): MessageInitShape<typeof ContainerConfigSchema> {
  const { container, uid, gid } = job.request
  // With a user namespace the container's root is the user's own range; without, the process keeps the user's ids.
  const user = container.user ?? (userns ? { uid: 0, gid: 0 } : { uid, gid })
  return {
    metadata: { name: `${job.id}.1` },
    image: { image: container.image },
    command: container.entrypoint,
    args: container.command,
    workingDir: container.workdir,
    envs: Object.entries({ ...container.env, CRANE_JOB_ID: String(job.id), CRANE_STEP_ID: '1' }).map(
      ([key, value]) => ({
        key,
        value,
      }),
    ),
    cdiDevices: cdi.map((name) => ({ name })),
    mounts: volumes.map(({ host, container: path }) => ({ hostPath: host, containerPath: path })),
    labels: {
      cranesched: 'true',
      uid: String(uid),
      job_id: String(job.id),
      job_name: container.name,
      step_id: '1',
      step_name: '',
    },
    logPath: `1.${node}.log`,
    linux: {
      securityContext: {
        namespaceOptions: namespaceOptions(job, userns),
        runAsUser: { value: BigInt(user.uid) },
        runAsGroup: { value: BigInt(user.gid) },
      },
    },
  }
}
