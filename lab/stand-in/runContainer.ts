/** The supervisor's part: one job on one node, from pod sandbox to clean-up, with CraneSched's states and exit codes. */
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Code, ConnectError } from '@connectrpc/connect'
import { containerState, type CriClient, SOON, spellFailure } from './criClient.ts'
import { openLog } from './daemonLog.ts'
import { cdiNames, type Gres } from './gres.ts'
import { bindMounts, unbindMounts } from './bindMounts.ts'
import { exitCode, type Job, type NodeResult } from './jobTypes.ts'
import { containerMessage, type SandboxConfig, sandboxMessage, type UserNamespace } from './podRequest.ts'
import { type ContainerConfig, mappedStart } from './readContainer.ts'

export interface RunningJob {
  job: Job
  pod: string
  container: string
}

export interface SupervisorSetting {
  node: string
  gres: Gres[]
  config: ContainerConfig
  logFolder: string
  runtime: CriClient['runtime']
  images: CriClient['images']
}

/** The pod or the step could not be made; carries the answer for the control daemon. */
class StepFailure extends Error {
  readonly exitCode: number
  constructor(message: string, code: number) {
    super(message)
    this.exitCode = code
  }
}

const textOf = (error: unknown): string =>
  error instanceof ConnectError ? spellFailure(error) : error instanceof Error ? error.message : String(error)
export const failed = (code: number, reason: string): NodeResult => ({ status: 'FAILED', exitCode: code, reason })

/** Starts the job's container. A NodeResult means it failed; then everything it had made is gone again. */
export async function startContainer(setting: SupervisorSetting, job: Job): Promise<RunningJob | NodeResult> {
  const podLog = openLog(join(setting.logFolder, `${job.id}.0.log`), false)
  const stepLog = openLog(join(setting.logFolder, `${job.id}.1.log`), false)
  const running: RunningJob = { job, pod: '', container: '' }
  try {
    const userns = job.request.container.userns ? userNamespace(setting.config, job) : undefined
    const sandbox = sandboxMessage(job, setting.node, setting.config.dns, userns)
    makeLogFolder(job)
    const pod = await setting.runtime.runPodSandbox({ config: sandbox }, SOON).catch((error: unknown) => {
      throw new StepFailure(`Failed to run pod sandbox: ${textOf(error)}`, exitCode.prepareFailed)
    })
    running.pod = pod.podSandboxId
    podLog('INFO', `Pod sandbox ${running.pod} is running.`)
    await provideImage(setting, job, (message) => stepLog('ERROR', message))
    for (const { host } of job.request.container.volumes)
      if (!existsSync(host) || lstatSync(host).isSymbolicLink())
        throw new StepFailure(`Mount source ${host} does not exist or may not be used.`, exitCode.prepareFailed)
    running.container = await create(setting, job, running.pod, sandbox, userns, volumesOf(setting, job, userns))
    await setting.runtime.startContainer({ containerId: running.container }, SOON).catch((error: unknown) => {
      throw new StepFailure(`Failed to start container ${running.container}: ${textOf(error)}`, exitCode.spawnFailed)
    })
    stepLog('INFO', `Container ${running.container} started.`)
    return running
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error
    ;(running.pod ? stepLog : podLog)('ERROR', error.message)
    await cleanUp(setting, running)
    return failed(error.exitCode, error.message)
  }
}

async function create(
  setting: SupervisorSetting,
  job: Job,
  pod: string,
  sandbox: SandboxConfig,
  userns: UserNamespace | undefined,
  volumes: Job['request']['container']['volumes'],
): Promise<string> {
  const cdi = cdiNames(setting.gres, job.devices[setting.node] ?? [])
  const config = containerMessage(job, setting.node, userns, volumes, cdi)
  const request = { podSandboxId: pod, config, sandboxConfig: sandbox }
  const reply = await setting.runtime.createContainer(request, SOON).catch((error: unknown) => {
    throw new StepFailure(`Failed to create container: ${textOf(error)}`, exitCode.spawnFailed)
  })
  return reply.containerId
}

/** BindFs is used for every mount of a user namespace once it is enabled. */
function volumesOf({ config: { bindFs } }: SupervisorSetting, job: Job, userns: UserNamespace | undefined) {
  if (!userns || !bindFs.enabled) return job.request.container.volumes
  try {
    return bindMounts(bindFs, job, userns)
  } catch (error) {
    throw new StepFailure(textOf(error), exitCode.prepareFailed)
  }
}

async function provideImage(setting: SupervisorSetting, job: Job, log: (message: string) => void): Promise<void> {
  const { image, pullPolicy } = job.request.container
  const give = () =>
    new StepFailure(`Failed to pull image ${image} for container step #${job.id}.1`, exitCode.prepareFailed)
  if (pullPolicy !== 'Always') {
    const status = await setting.images.imageStatus({ image: { image } }, SOON).catch(() => undefined)
    if (status?.image) return
    if (pullPolicy === 'Never') throw give()
  }
  // The pull happens inside a call of craned's own, which waits 5 s.
  await setting.images.pullImage({ image: { image } }, SOON).catch((error: unknown) => {
    log(`Failed to pull image: ${textOf(error)}`)
    if (ConnectError.from(error).code === Code.DeadlineExceeded)
      throw new StepFailure('Supervisor not responding when execute step', exitCode.rpcError)
    throw give()
  })
}

/** The node's subordinate ids for the job's user: the managed table, or the first ranges of /etc/subuid and subgid. */
function userNamespace(config: ContainerConfig, job: Job): UserNamespace {
  const { uid, gid } = job.request
  if (config.subId.managed) {
    const ids = { uid: mappedStart(config.subId.uids, uid), gid: mappedStart(config.subId.gids, gid) }
    if (!ids.uid)
      throw new StepFailure(`uid ${uid} is not covered by Container.SubId.UidMappings`, exitCode.prepareFailed)
    if (!ids.gid)
      throw new StepFailure(`gid ${gid} is not covered by Container.SubId.GidMappings`, exitCode.prepareFailed)
    return { uid: ids.uid, gid: ids.gid }
  }
  const user = accountName(uid)
  const ranges = ['/etc/subuid', '/etc/subgid'].map((file) => firstRange(file, user, uid))
  const [uids, gids] = ranges
  if (!uids || !gids)
    throw new StepFailure(
      `User ${user} (uid ${uid}) has missing subuid/subgid ranges; see Container.SubId.UidMappings`,
      exitCode.prepareFailed,
    )
  return { uid: uids, gid: gids }
}

function accountName(uid: number): string {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.split(':')[2] === String(uid))
  return line?.split(':')[0] ?? String(uid)
}

function firstRange(file: string, user: string, uid: number): { start: number; size: number } | undefined {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const [, start, size] =
    text
      .split('\n')
      .map((line) => line.split(':'))
      .find(([who]) => who === user || who === String(uid)) ?? []
  return start && size ? { start: Number(start), size: Number(size) } : undefined
}

/** `<cwd>/<job>.out`, readable by its owner alone. */
function makeLogFolder(job: Job): void {
  const directory = join(job.request.cwd, `${job.id}.out`)
  try {
    mkdirSync(directory, { mode: 0o700 })
    chownSync(directory, job.request.uid, job.request.gid)
  } catch (error) {
    // On a shared file system another node of the job made it first.
    if (!existsSync(directory))
      throw new StepFailure(`Cannot create ${directory}: ${textOf(error)}`, exitCode.prepareFailed)
  }
}

/** Result of a container that has ended, or undefined while it runs. */
export async function endOf(setting: SupervisorSetting, running: RunningJob): Promise<NodeResult | undefined> {
  const { status } = await setting.runtime.containerStatus({ containerId: running.container }, SOON)
  if (status?.state !== containerState.exited) return undefined
  const code = status.exitCode
  if (code === 0) return { status: 'COMPLETED', exitCode: 0, reason: '' }
  // A death by signal n is reported by the runtime as 128+n and kept by CraneSched as 256+n.
  return { status: 'FAILED', exitCode: code > 128 ? 256 + code - 128 : code, reason: status.reason }
}

/** Stops and removes what is left of the job; failures are not the job's. */
export async function cleanUp(setting: SupervisorSetting, running: RunningJob): Promise<void> {
  const lax = (promise: Promise<unknown>) => promise.catch(() => undefined)
  if (running.container) await lax(setting.runtime.removeContainer({ containerId: running.container }, SOON))
  if (setting.config.bindFs.enabled && running.job.request.container.userns)
    unbindMounts(setting.config.bindFs, running.job)
  if (!running.pod) return
  await lax(setting.runtime.stopPodSandbox({ podSandboxId: running.pod }, SOON))
  await lax(setting.runtime.removePodSandbox({ podSandboxId: running.pod }, SOON))
}
