// Runs a valid playbook on the hosts of an inventory and reports everything as events; prints nothing.
import {
  RUN_EVENT_VERSION,
  type HostCounts,
  type HostLeft,
  type RunEventBody,
  type TaskRef,
} from '../model/runEvent.ts'
import type { Session } from '../transport/session.ts'
import { redactor } from './redact.ts'
import { ControllerTrees } from './perform/controllerTrees.ts'
import { FileContents } from './perform/fileContents.ts'
import { HostRun } from './hostRun.ts'
import type { RunInput } from './options.ts'
import { runPlay } from './schedule/playTurns.ts'
import { type PreparedPlay, preparePlaybook } from './prepare.ts'
import { Runner } from './perform/runner.ts'
import { SessionPool } from './sessionPool.ts'

export interface RunSummary {
  readonly recap: Readonly<Record<string, HostCounts>>
  /** The signal that ended the run early. */
  readonly interrupted?: string
}

export interface Run {
  readonly done: Promise<RunSummary>
  /** No new step starts, the steps under way are ended and looked after; `done` then resolves. */
  interrupt(signal: string): void
}

export function startRun(input: RunInput): Run {
  const { playbook, inventory, transport, options, clock } = input
  const redact = redactor(playbook.secrets)
  const { ask } = input
  let ended = false
  const emit = (body: RunEventBody) => {
    // After an interrupt, connections that were being made may still report; the run is over by then.
    if (!ended) input.emit({ v: RUN_EVENT_VERSION, at: clock(), ...redact(body) })
    ended ||= body.type === 'run-ended'
  }
  const trees = new ControllerTrees(input.readTree ?? NO_TREES)
  const plays = preparePlaybook(playbook, input.taskTypes, trees)
  const names = [...inventory.hosts.keys()].filter((name) => plays.some((play) => play.hosts.has(name)))
  const runs = new Map(
    names.flatMap((name) => {
      const host = inventory.hosts.get(name)
      return host ? [[name, new HostRun(host)] as const] : []
    }),
  )
  const pool = new SessionPool(options.forks, async (host) => {
    if (runner.stopping) return { ok: false, failure: { kind: 'cancelled', cause: 'the run was interrupted' } }
    const started = clock()
    const connected = await transport.connect(host, {
      acceptNewHostKeys: options.acceptNewHostKeys,
      deadlineMs: options.connectDeadlineMs,
      warning: (message) => emit({ type: 'warning', host: host.name, message }),
      ...(options.trace && { trace: (what, text) => emit({ type: 'trace', host: host.name, what, text }) }),
    })
    if (connected.ok) {
      const { how, why } = connected.session
      emit({
        type: 'host-connected',
        host: host.name,
        how,
        ...(why !== undefined && { why }),
        durationMs: clock() - started,
      })
    }
    return connected
  })
  const madeInCheck = options.check ? madeAnyway(plays) : []
  const runner = new Runner({
    plays,
    inventory,
    runs,
    pool,
    files: new FileContents(input.readFile),
    facts: input.facts ?? new Map(),
    options,
    clock,
    origin: `run of ${new Date(clock()).toISOString()} by ${input.operator ?? 'unknown'}`,
    sleep: input.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    ...(ask && { ask: (question) => ask(redact(question)) }),
    emit,
  })
  const failures = new Set<string>()
  let interrupted: Promise<string> | undefined

  const go = async (): Promise<RunSummary> => {
    const started = clock()
    emit({
      type: 'run-started',
      playbooks: playbook.files,
      hosts: names,
      check: options.check,
      ...(madeInCheck.length > 0 && { madeInCheck }),
      plays: plays.map(({ spec }) => ({ index: spec.index, name: spec.name })),
      forks: options.forks,
    })
    for (const play of plays) {
      if (runner.stopping) break
      const hosts = play.spec.hosts.flatMap((name) => runs.get(name) ?? [])
      if (!(await runPlay({ runner, play, hosts, last: play === plays.at(-1), failures, emit, clock }))) break
    }
    const signal = await interrupted
    const roundTrips = Object.fromEntries(names.map((name) => [name, pool.roundTrips(name)]))
    await pool.close()
    const recap = Object.fromEntries([...runs].map(([name, run]) => [name, run.counts]))
    const left = [...runs].flatMap(([name, { handlersLeft }]) =>
      handlersLeft.length > 0 ? [[name, handlersLeft]] : [],
    )
    emit({
      type: 'run-ended',
      recap,
      ...(left.length > 0 && { handlersLeft: Object.fromEntries(left) }),
      durationMs: clock() - started,
      roundTrips,
    })
    return { recap, ...(signal !== undefined && { interrupted: signal }) }
  }

  const done = go()
  return {
    done,
    interrupt(signal) {
      interrupted ??= endSteps(signal, runs, runner, pool, emit)
    },
  }
}

const NO_TREES = (path: string): never => {
  throw new Error(`nothing reads the directory ${path}`)
}

/** The tasks that check mode does not keep from being made. */
const madeAnyway = (plays: readonly PreparedPlay[]): readonly TaskRef[] =>
  plays
    .filter((play) => play.hosts.size > 0)
    .flatMap((play) => [...play.tasks, ...play.handlers])
    .flatMap((task) => (task.spec.checkMode === false ? [task.ref] : []))

const SETTLE_MS = 100

/** Ends what is running on each host, checks that it is gone, and reports how each host was left. */
async function endSteps(
  signal: string,
  runs: ReadonlyMap<string, HostRun>,
  runner: Runner,
  pool: SessionPool,
  emit: (body: RunEventBody) => void,
): Promise<string> {
  runner.stop()
  const hosts = [...runs, ...runner.delegates]
  const ended = await Promise.all(hosts.map(([name, run]) => endStep(run, pool.current(name))))
  // Steps that ended by themselves meanwhile report their results first.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  runner.halt()
  const left = hosts.map(([name, run], i): [string, HostLeft] => [name, ended[i]?.(run) ?? leftAlone(run)])
  emit({ type: 'interrupted', signal, hosts: Object.fromEntries(left) })
  return signal
}

/** Ends the step that runs on a host, if one does; what to say of it is known when its result had time to arrive. */
async function endStep(
  run: HostRun,
  session: Session | undefined,
): Promise<((run: HostRun) => HostLeft | undefined) | undefined> {
  if (run.lost) return undefined
  const step = run.running
  const task = step ?? run.observing
  if (task === undefined || !session) return undefined
  const cancelled = await session.cancel()
  if (cancelled.state === 'still-running' || cancelled.state === 'unknown') return () => ({ ...cancelled, task })
  // A step may also be made of words that the controller speaks; it ends with the controller.
  return ({ running }) => (running === undefined ? undefined : { state: 'stopped', task: running })
}

/** A host on which no step was ended. */
function leftAlone({ lost, lastDone, progress }: HostRun): HostLeft {
  if (lost) return { state: 'unknown', ...lost }
  if (lastDone === undefined) return { state: 'not-started' }
  return { state: progress.at === 'failed' || progress.at === 'lost' ? 'failed' : 'between', task: lastDone }
}
