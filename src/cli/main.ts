// The command itself: reads the command line, prints what needs no run, and starts a run; the one place that exits.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import { columnsOf } from '../report/terminalSize.ts'
import { bugReport } from './bugReport.ts'
import type { CommandLine } from './commandLine.ts'
import { complaint } from './complaint.ts'
import { EXIT } from './exitStatus.ts'
import { outputStreams } from './outputStreams.ts'
import type { OutputStyle } from './outputStyle.ts'
import { ownPackage } from '../run/packageRoot.ts'
import type { ProcessContext, Tell } from './processContext.ts'

let ran = false
let running = false

/** Whether a playbook was run: then most of this program has been at work. */
export const hasRun = (): boolean => ran

/** For bin/crane-play.js. */
export async function start(): Promise<void> {
  const streams = outputStreams(process.stdout, process.stderr, () => running)
  const leave = (status: number): never => process.exit(status)
  const cleanUps: (() => void)[] = []
  process.on('uncaughtException', (error) => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp()
    streams.sink.err(bugReport(error, ownPackage().version))
    leave(EXIT.bug)
  })
  const status = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    signals: process,
    sink: streams.sink,
    atBug: (cleanUp) => void cleanUps.push(cleanUp),
    leave,
  })
  await streams.flushed()
  leave(status)
}

/** @returns the exit status. Never rejects: a bug becomes exit status 70. */
export async function main(argv: readonly string[], setting: ProcessContext): Promise<number> {
  try {
    return await understand(argv, setting)
  } catch (error) {
    setting.sink.err(bugReport(error, ownPackage().version))
    return EXIT.bug
  }
}

function printVersion(setting: ProcessContext): number {
  setting.sink.out(`crane-play ${ownPackage().version}\n`)
  return EXIT.well
}

async function understand(argv: readonly string[], setting: ProcessContext): Promise<number> {
  const { runSubcommand, SUBCOMMANDS, usageOf } = await import('./subcommands.ts')
  const at = argv[0]?.startsWith('-') ? (await import('./commandLine.ts')).firstOperand(argv) : 0
  const first = argv[at]
  if (first !== undefined && Object.hasOwn(SUBCOMMANDS, first)) {
    const fail = (message: string, hint: string) => {
      setting.sink.err(complaint(message, hint))
      return EXIT.mistake
    }
    const tell: Tell = (diagnostics) => tellMistakes(diagnostics, setting.stderr.isTTY === true, setting)
    // What it repairs, it repairs by a run.
    running = argv.includes('--fix')
    return runSubcommand(first, argv.toSpliced(at, 1), { sink: setting.sink, fail, tell, setting })
  }
  const { ANSIBLE_COMMANDS } = await import('./ansibleOptions.ts')
  if (first !== undefined && !isFile(first)) {
    const near = isPlaybookName(first) ? undefined : didYouMean(first, Object.keys(SUBCOMMANDS))
    const hint = Object.hasOwn(ANSIBLE_COMMANDS, first) ? ANSIBLE_COMMANDS[first] : near && `did you mean '${near}'?`
    if (hint !== undefined) {
      setting.sink.err(complaint(`there is no command '${first}'`, hint))
      return EXIT.mistake
    }
  }
  const { parseCommandLine } = await import('./commandLine.ts')
  const { outputStyle } = await import('./outputStyle.ts')
  const parsed = parseCommandLine(argv)
  if (!parsed.ok) {
    setting.sink.err(complaint(parsed.message, parsed.hint))
    return EXIT.mistake
  }
  const { commandLine } = parsed
  const late = commandLine.playbooks.find((word) => Object.hasOwn(SUBCOMMANDS, word) && !isFile(word))
  if (late !== undefined) {
    setting.sink.err(complaint(`'${late}' is a command, not a playbook`, `put it first: \`${usageOf(late)}\``))
    return EXIT.mistake
  }
  const style = outputStyle({
    output: commandLine.output,
    color: commandLine.color,
    stdoutTTY: setting.stdout.isTTY === true,
    stderrTTY: setting.stderr.isTTY === true,
    env: setting.env,
  })
  return dispatch(commandLine, style, setting)
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** By its form, or because the product has a playbook of this name. */
const isPlaybookName = (word: string): boolean =>
  /[./]/.test(word) || isFile(join(ownPackage().root, 'playbooks', `${word}.yml`))

async function dispatch(commandLine: CommandLine, style: OutputStyle, setting: ProcessContext): Promise<number> {
  const tell: Tell = (diagnostics) => tellMistakes(diagnostics, style.colorErr, setting)
  if (commandLine.mode === 'version') return printVersion(setting)
  if (commandLine.mode === 'help') {
    const { helpText } = await import('./commandLine.ts')
    const { printInputs } = await import('./printInputs.ts')
    const { playbooks } = commandLine
    const status = await printInputs(playbooks, setting, tell)
    if (status === EXIT.well) setting.sink.out(helpText(columnsOf(setting.stdout, 100)))
    return status
  }
  const { runPlaybooks } = await import('./runPlaybooks.ts')
  running = commandLine.mode === 'run'
  const status = await runPlaybooks(commandLine, style, setting, tell)
  ran = commandLine.mode === 'run' && status !== EXIT.mistake
  return status
}

async function tellMistakes(
  diagnostics: readonly Diagnostic[],
  colored: boolean,
  setting: ProcessContext,
): Promise<void> {
  if (diagnostics.length === 0) return
  const { renderDiagnostics } = await import('../report/renderDiagnostics.ts')
  const { COLOURED, COLOURLESS } = await import('../report/palette.ts')
  const palette = colored ? COLOURED : COLOURLESS
  setting.sink.err(renderDiagnostics(diagnostics, { palette, width: columnsOf(setting.stderr, 100) }))
}
