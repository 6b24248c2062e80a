/** Turns a job into the CRI messages that CraneSched would send for it. */
import { createHash } from 'node:crypto'
import type { Job } from './jobTypes.ts'
import type { Message } from './protobuf.ts'
import type { Dns } from './readContainer.ts'

export interface UserNamespace {
  uid: { start: number; size: number }
  gid: { start: number; size: number }
}

const nodeWide = 2

/** PodSandboxConfig of a job's pod on one node. */
export function sandboxMessage(job: Job, node: string, dns: Dns, userns: UserNamespace | undefined): Message {
  const { container, cwd } = job.request
  const name = `job-${job.id}-${node}`.toLowerCase().slice(0, 63)
  const labels = { cranesched: 'true', uid: String(job.request.uid), job_id: String(job.id), job_name: container.name }
  return {
    metadata: { name, uid: createHash('sha256').update(name).digest('hex').slice(0, 16), namespace: 'cranesched' },
    hostname: container.network === 'host' ? '' : name,
    log_directory: `${cwd}/${job.id}.out`,
    dns_config: { ...dns, servers: container.dns.length > 0 ? container.dns : dns.servers },
    port_mappings: container.ports.map((port) => ({
      protocol: port.protocol === 'udp' ? 1 : 0,
      container_port: port.container,
      host_port: port.host,
    })),
    labels,
    annotations: Object.fromEntries(
      Object.entries({ ...labels, hostname: name, fqdn: `${name}.${dns.searches[0]}` })
        .filter(([key]) => key !== 'cranesched')
        .map(([key, value]) => [`cranesched.internal/${key}`, value]),
    ),
    linux: {
      cgroup_parent: `/crane/job_${job.id}`,
      security_context: { namespace_options: namespaceOptions(job, userns) },
    },
  }
}

function namespaceOptions(job: Job, userns: UserNamespace | undefined): Message {
  const network = job.request.container.network === 'host' ? nodeWide : 0
  if (!userns) return { network, userns_options: { mode: nodeWide } }
  const mapping = ({ start, size }: { start: number; size: number }) => [
    { host_id: start, container_id: 0, length: size },
  ]
  return { network, userns_options: { mode: 0, uids: mapping(userns.uid), gids: mapping(userns.gid) } }
}

/** ContainerConfig of the job's primary step (step 1) on one node. */
export function containerMessage(job: Job, node: string, userns: UserNamespace | undefined): Message {
  const { container, uid, gid } = job.request
  // With a user namespace the container's root is the user's own range; without, the process keeps the user's ids.
  const user = container.user ?? (userns ? { uid: 0, gid: 0 } : { uid, gid })
  return {
    metadata: { name: `${job.id}.1` },
    image: { image: container.image },
    command: container.entrypoint,
    args: container.command,
    working_dir: container.workdir,
    envs: Object.entries({ ...container.env, CRANE_JOB_ID: String(job.id), CRANE_STEP_ID: '1' }).map(
      ([key, value]) => ({
        key,
        value,
      }),
    ),
    mounts: container.volumes.map(({ host, container: path }) => ({ host_path: host, container_path: path })),
    labels: {
      cranesched: 'true',
      uid: String(uid),
      job_id: String(job.id),
      job_name: container.name,
      step_id: '1',
      step_name: '',
    },
    log_path: `1.${node}.log`,
    linux: {
      security_context: {
        namespace_options: namespaceOptions(job, userns),
        run_as_user: { value: user.uid },
        run_as_group: { value: user.gid },
      },
    },
  }
}
