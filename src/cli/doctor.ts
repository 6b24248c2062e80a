// `crane-play doctor -i hosts`: what keeps containers from running, and, when asked to, what the playbooks would do about it.
import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { foldNodeSet } from '../model/nodeSet.ts'
import { COLOURED, COLOURLESS } from '../report/palette.ts'
import { columnsOf } from '../report/terminalSize.ts'
import { diagnose, type Diagnosis } from '../run/diagnose.ts'
import { loadChecks } from '../run/loadChecks.ts'
import { ownPackage } from '../run/packageRoot.ts'
import { prepareHosts, type PreparedHosts } from '../run/prepareRun.ts'
import { withHosts } from '../run/withHosts.ts'
import { foundLine } from './complaint.ts'
import { askPasswords } from './askPassword.ts'
import { type CommandLine, parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitStatus.ts'
import { outputStyle } from './outputStyle.ts'
import { promptLine } from './promptLine.ts'
import { diagnosisJson, renderDiagnosis } from './renderDiagnosis.ts'
import { requestOf, runPlaybooks } from './runPlaybooks.ts'
import type { Subcommand, SubcommandContext } from './subcommand.ts'

const DEADLINE_MS = 120_000
const USAGE = 'crane-play doctor [PATTERN] -i INVENTORY'
const OWN_FLAGS = ['--json', '--fix', '--yes']
const PLAYBOOKS = [
  'runtime.yml',
  'gpu.yml',
  'bindfs.yml',
  'cni.yml',
  'streaming.yml',
  'images.yml',
  'configuration.yml',
]

export const doctor: Subcommand['run'] = async (given, context) => {
  const { sink, fail, tell, setting } = context
  const [json, fix, yes] = OWN_FLAGS.map((flag) => given.includes(flag))
  if (yes && !fix) return fail('--yes goes with --fix', 'crane-play doctor -i INVENTORY --fix --yes')
  if (json && fix) return fail('--json and --fix cannot be combined', 'use one of them')
  const words = given.filter((word) => !OWN_FLAGS.includes(word))
  const parsed = parseCommandLine(words, { name: 'pattern', usage: USAGE, otherwise: 'all' })
  if (!parsed.ok) return fail(parsed.message, parsed.hint)
  const { commandLine } = parsed
  const [pattern = '', ...more] = commandLine.playbooks
  if (more.length > 0)
    return fail('doctor takes one pattern', `join patterns with a comma: ${[pattern, ...more].join()}`)
  const prepared = await prepareHosts(pattern, requestOf(commandLine), {
    found: (_what, path) => sink.err(foundLine('inventory', path)),
    passwords: () => askPasswords(commandLine, { input: setting.stdin, output: setting.stderr }),
  })
  if (!prepared.ok) {
    await tell(prepared.diagnostics)
    return EXIT.mistake
  }
  await tell(prepared.warnings)
  const { inventory } = prepared.value
  const hosts = prepared.value.hosts.filter(({ name }) =>
    ['control', 'compute', 'login'].some((group) => inventory.groups.get(group)?.hosts.includes(name)),
  )
  if (hosts.length === 0)
    return fail(
      'none of these hosts is in a group control, compute or login',
      'put them in these groups, or make your groups children of theirs, as in `[compute:children]`',
    )
  const diagnosis = await ask({ inventory, hosts }, commandLine, context)
  if (typeof diagnosis === 'number') return diagnosis
  if (json) sink.out(diagnosisJson(diagnosis))
  else show(diagnosis, context)
  if (!fix || diagnosis.findings.length === 0) return statusOf(diagnosis)
  return (await repair(diagnosis, inventory, commandLine, yes === true, context)) ?? askAgain()

  /** What the playbooks did is judged by looking again. */
  async function askAgain(): Promise<number> {
    const after = await ask({ inventory, hosts }, commandLine, context)
    if (typeof after === 'number') return after
    show(after, context)
    return statusOf(after)
  }
}

async function ask(
  { inventory, hosts }: PreparedHosts,
  commandLine: CommandLine,
  { setting, tell }: SubcommandContext,
): Promise<Diagnosis | number> {
  const login = { home: homedir(), username: userInfo().username, environment: setting.env }
  const areas = (await loadChecks()).values()
  const asked = await withHosts(hosts, requestOf(commandLine), login, (connections) =>
    diagnose({ ...connections, areas, inventory, deadlineMs: DEADLINE_MS }),
  )
  if (asked.ok) return asked.value
  await tell(asked.diagnostics)
  return EXIT.mistake
}

function show(diagnosis: Diagnosis, { sink, setting }: SubcommandContext): void {
  const coloured = setting.stdout.isTTY === true && !setting.env['NO_COLOR']
  sink.out(
    renderDiagnosis(diagnosis, { palette: coloured ? COLOURED : COLOURLESS, width: columnsOf(setting.stdout, 100) }),
  )
}

function statusOf({ findings, unanswered }: Diagnosis): number {
  if (unanswered.some(({ outcome }) => outcome === 'failed')) return EXIT.failed
  if (unanswered.length > 0) return EXIT.unreachable
  return findings.length > 0 ? EXIT.changed : EXIT.well
}

/** Undefined: the playbooks ran. Else the exit status. */
async function repair(
  { findings }: Diagnosis,
  inventory: PreparedHosts['inventory'],
  commandLine: CommandLine,
  yes: boolean,
  { sink, setting, tell, fail }: SubcommandContext,
): Promise<number | undefined> {
  const able = findings.filter(({ check }) => check.playbook !== undefined && isThere(check.playbook))
  const needed = PLAYBOOKS.filter((name) => able.some(({ check }) => check.playbook === name))
  // One part proves itself, and would fail on what another part has still to fix.
  const playbooks = needed.length > 1 ? ['deploy.yml'] : needed
  if (playbooks.length === 0) {
    sink.out('no playbook fixes these: follow the lines that begin with fix\n')
    return EXIT.changed
  }
  const hosts = new Set(able.flatMap(({ evidence }) => [...evidence.keys()]))
  if (/^(configuration|deploy)\.yml$/.test(playbooks[0] ?? ''))
    for (const name of inventory.groups.get('control')?.hosts ?? []) hosts.add(name)
  const inputs = [...new Set(able.flatMap(({ check }) => check.inputs ?? []))]
  const request: CommandLine = {
    ...commandLine,
    playbooks,
    limit: [...hosts].join(','),
    extraVars: [...inputs, ...commandLine.extraVars],
  }
  const style = outputStyle({
    output: commandLine.output,
    color: commandLine.color,
    stdoutTTY: setting.stdout.isTTY === true,
    stderrTTY: setting.stderr.isTTY === true,
    env: setting.env,
  })
  sink.out(`\n${playbooks.join(', ')} on ${foldNodeSet([...hosts])} would do this:\n\n`)
  const predicted = await runPlaybooks({ ...request, check: true, diff: true }, style, setting, tell)
  if (predicted === EXIT.mistake) return predicted
  if (!yes) {
    if (!setting.stdin.isTTY) return fail('there is no terminal to ask on', 'add --yes to make these changes')
    const answer = await promptLine('make these changes? [y/N] ', { input: setting.stdin, output: setting.stderr })
    if (!/^y(es)?$/i.test(answer?.trim() ?? '')) {
      sink.err('nothing was changed\n')
      return EXIT.changed
    }
  }
  const status = await runPlaybooks(request, style, setting, tell)
  return status === EXIT.well ? undefined : status
}

const isThere = (name: string): boolean => existsSync(join(ownPackage().root, 'playbooks', name))
