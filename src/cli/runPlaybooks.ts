// A run from preparation to exit status: connects engine, transport, reporter and signals.
import { wrapWords } from '../report/wrapWords.ts'
import { readFileSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import type { RunEvent } from '../model/runEvent.ts'
import type { RunOptions } from '../engine/options.ts'
import { foundLine } from './complaint.ts'
import { ansibleSettings } from './ansibleSettings.ts'
import type { Asking } from './askLine.ts'
import { askPasswords } from './askPassword.ts'
import { hideInBugReports } from './bugReport.ts'
import type { CommandLine } from './commandLine.ts'
import { openEventLog, withEventLog } from './eventLog.ts'
import { EXIT, exitStatus, signalStatus } from './exitStatus.ts'
import { makeTransport } from '../run/makeTransport.ts'
import { type PreparedRun, prepareRun } from '../run/prepareRun.ts'
import { runOptions } from '../run/runOptions.ts'
import type { RunRequest } from '../run/runRequest.ts'
import { renderListing } from './listings.ts'
import { makeReporter } from './makeReporter.ts'
import type { OutputStyle } from './outputStyle.ts'
import type { ProcessContext, Tell } from './processContext.ts'
import { type StopSignal, watchSignals } from './signals.ts'
import { diskTrust } from '../text/fileTrust.ts'
import { readTree } from '../text/readTree.ts'

/** For connections to say goodbye; the process ends anyway. */
const CLOSE_MS = 3000

/** @returns the exit status */
export async function runPlaybooks(
  commandLine: CommandLine,
  style: OutputStyle,
  setting: ProcessContext,
  tell: Tell,
): Promise<number> {
  const { mode } = commandLine
  const request = requestOf(commandLine)
  const prepared = await prepareRun(request, {
    found(what, path) {
      if (what === 'inventory') setting.sink.err(foundLine('inventory', path))
      else if (commandLine.verbosity >= 1) setting.sink.err(foundLine('playbook', `${path}, the product's own`))
    },
    ...(mode === 'run' && {
      async passwords() {
        const asked = await askPasswords(commandLine, { input: setting.stdin, output: setting.stderr })
        if (asked.ok) hideInBugReports(Object.values(asked.value))
        return asked
      },
    }),
  })
  const notRead = ansibleSettings(commandLine, setting.env, request.directory)
  if (!prepared.ok) {
    await tell([...notRead, ...prepared.diagnostics])
    return EXIT.mistake
  }
  hideInBugReports(prepared.value.playbook.secrets)
  await tell([...notRead, ...prepared.warnings])
  if (mode === 'run') {
    const options = runOptions(request, prepared.value.playbook)
    if (options.ok)
      return run({ ...prepared.value, request, options: options.value }, commandLine, style, setting, tell)
    await tell(options.diagnostics)
    return EXIT.mistake
  }
  if (mode !== 'help' && mode !== 'version') setting.sink.out(renderListing(prepared.value.playbook, mode))
  return EXIT.well
}

async function run(
  { request, ...prepared }: PreparedRun & { readonly request: RunRequest; readonly options: RunOptions },
  commandLine: CommandLine,
  style: OutputStyle,
  setting: ProcessContext,
  tell: Tell,
): Promise<number> {
  const { startRun } = await import('../engine/run.ts')
  const log = commandLine.log === undefined ? undefined : openEventLog(commandLine.log)
  if (log && !log.ok) {
    await tell(log.diagnostics)
    return EXIT.mistake
  }
  const { reporter: shown, sink, aside } = await makeReporter(commandLine, style, setting)
  const reporter = log ? withEventLog(shown, log.value) : shown
  setting.atBug(() => reporter.leave())
  let ended: Extract<RunEvent, { type: 'run-ended' }> | undefined
  let signal: StopSignal | undefined
  let asking: Asking | undefined
  const emit = (event: RunEvent) => {
    if (event.type === 'run-ended') ended = event
    reporter.event(event)
  }
  const transport = await makeTransport(request, {
    home: homedir(),
    username: userInfo().username,
    environment: setting.env,
  })
  const running = startRun({
    ...prepared,
    transport,
    emit,
    readFile(path) {
      diskTrust().check(path)
      return readFileSync(path)
    },
    readTree,
    clock: Date.now,
    ...(setting.stdin.isTTY &&
      setting.stderr.isTTY && {
        ask: (question: string) =>
          aside(async () => {
            const { askLine } = await import('./askLine.ts')
            if (signal !== undefined) return undefined
            asking = askLine(question, { input: setting.stdin, output: setting.stderr })
            return await asking.answer
          }),
      }),
    operator: `${userInfo().username}@${hostname()}`,
  })
  const unwatch = watchSignals(setting.signals, {
    first: (received) => {
      signal = received
      asking?.giveUp()
      const notice =
        'interrupt received: no new steps are started, running steps are stopped; interrupt again to exit at once'
      for (const line of wrapWords(notice, setting.stderr.isTTY ? setting.stderr.columns || undefined : undefined))
        sink.err(`${line}\n`)
      running.interrupt(received)
    },
    second: (received) => {
      reporter.leave()
      setting.sink.err('interrupted twice: exiting at once; steps may still be running on hosts\n')
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

/** The command line without what only this process can do: the terminal, the verbosity, the exit status. */
export const requestOf = (commandLine: CommandLine): RunRequest => ({
  playbooks: commandLine.playbooks,
  inventory: commandLine.inventory,
  directory: process.cwd(),
  taskDirectories: commandLine.taskDirectories,
  extraVars: commandLine.extraVars,
  tags: commandLine.tags,
  skipTags: commandLine.skipTags,
  check: commandLine.check,
  forceHandlers: commandLine.forceHandlers,
  connections: commandLine,
  trace: commandLine.verbosity >= 3,
  ...(commandLine.limit !== undefined && { limit: commandLine.limit }),
  ...(commandLine.forks !== undefined && { forks: commandLine.forks }),
  ...(commandLine.timeout !== undefined && { connectSeconds: commandLine.timeout }),
})

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
