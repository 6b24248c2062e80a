// A run from its preparation to its exit status: engine, transport, reporter and signals brought together.
import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import type { RunEvent } from '../model/runEvent.ts'
import type { Transport } from '../transport/session.ts'
import type { CommandLine } from './commandLine.ts'
import { EXIT, exitStatus, signalStatus } from './exitStatus.ts'
import { forksWithin } from '../run/forksWithin.ts'
import { renderListing } from './listings.ts'
import { makeReporter } from './makeReporter.ts'
import type { OutputStyle } from './outputStyle.ts'
import { type Prepared, prepareRun } from './prepareRun.ts'
import type { ProcessContext, Tell } from './processContext.ts'
import { type StopSignal, watchSignals } from './signals.ts'

const CONNECT_SECONDS = 15
const PROBE_DEADLINE_MS = 60_000
/** For connections to say goodbye; the process ends anyway. */
const CLOSE_MS = 3000

/** @returns the exit status */
export async function runPlaybooks(
  commandLine: CommandLine,
  style: OutputStyle,
  setting: ProcessContext,
  tell: Tell,
): Promise<number> {
  const prepared = await prepareRun(commandLine, setting)
  if (!prepared.ok) {
    await tell(prepared.diagnostics)
    return EXIT.mistake
  }
  await tell(prepared.warnings)
  const { mode } = commandLine
  if (mode === 'run') {
    const hosts = new Set(prepared.value.playbook.plays.flatMap((play) => play.hosts))
    const forks = forksWithin(commandLine.forks, hosts.size)
    if (forks.ok) return run(prepared.value, { ...commandLine, forks: forks.value }, style, setting)
    await tell(forks.diagnostics)
    return EXIT.mistake
  }
  if (mode !== 'help' && mode !== 'version') setting.sink.out(renderListing(prepared.value.playbook, mode))
  return EXIT.well
}

async function run(
  { playbook, inventory, taskTypes }: Prepared,
  commandLine: CommandLine & { readonly forks: number },
  style: OutputStyle,
  setting: ProcessContext,
): Promise<number> {
  const { startRun } = await import('../engine/run.ts')
  const { reporter, sink } = await makeReporter(commandLine, style, setting)
  setting.atBug(() => reporter.leave())
  let ended: Extract<RunEvent, { type: 'run-ended' }> | undefined
  let signal: StopSignal | undefined
  const emit = (event: RunEvent) => {
    if (event.type === 'run-ended') ended = event
    reporter.event(event)
  }
  const transport = await makeTransport(commandLine, setting)
  const running = startRun({
    playbook,
    inventory,
    taskTypes,
    transport,
    options: {
      check: commandLine.check,
      forks: commandLine.forks,
      acceptNewHostKeys: commandLine.acceptNewHostKeys,
      connectDeadlineMs: (commandLine.timeout ?? CONNECT_SECONDS) * 1000,
      probeDeadlineMs: PROBE_DEADLINE_MS,
      trace: commandLine.verbosity >= 3,
    },
    emit,
    readFile: (path) => readFileSync(path),
    clock: Date.now,
  })
  const unwatch = watchSignals(setting.signals, {
    first: (received) => {
      signal = received
      sink.err('Interrupt received: no new step starts, running steps are being ended. Once more leaves at once.\n')
      running.interrupt(received)
    },
    second: (received) => {
      reporter.leave()
      setting.sink.err('Interrupted twice: left at once, steps may still be running on hosts.\n')
      setting.leave(signalStatus(received))
    },
  })
  try {
    await running.done
  } finally {
    unwatch()
    await reporter.end()
    await atMost(CLOSE_MS, transport.close())
  }
  return exitStatus(ended, { detailedExitcode: commandLine.detailedExitcode, ...(signal && { signal }) })
}

async function makeTransport({ sshConfig, knownHosts }: CommandLine, { env }: ProcessContext): Promise<Transport> {
  const { autoTransport } = await import('../transport/autoTransport.ts')
  const agentSocket = env['SSH_AUTH_SOCK']
  return autoTransport({
    home: homedir(),
    username: userInfo().username,
    environment: env,
    ...(agentSocket && { agentSocket }),
    ...(sshConfig !== undefined && { sshConfigFile: sshConfig }),
    ...(knownHosts !== undefined && { knownHostsFiles: [knownHosts] }),
  })
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
