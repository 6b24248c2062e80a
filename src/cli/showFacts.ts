// `crane-play facts PATTERN [NAME…] -i hosts`: what hosts report, each value once with the hosts that have it.
import { homedir, userInfo } from 'node:os'
import { foldNodeSet } from '../model/nodeSet.ts'
import { askFacts, type FactAnswers } from '../run/askFacts.ts'
import { loadFacts } from '../run/loadFacts.ts'
import { namedFacts } from '../run/namedFacts.ts'
import { prepareHosts } from '../run/prepareRun.ts'
import { withHosts } from '../run/withHosts.ts'
import { escapeLine } from '../report/escapeControl.ts'
import { foundLine } from './complaint.ts'
import { askPasswords } from './askPassword.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitStatus.ts'
import { requestOf } from './runPlaybooks.ts'
import type { Subcommand } from './subcommand.ts'

const DEADLINE_MS = 60_000

export const showFacts: Subcommand['run'] = async (words, { sink, fail, tell, setting }) => {
  const parsed = parseCommandLine(words, { name: 'pattern', usage: 'crane-play facts PATTERN [NAME...] -i INVENTORY' })
  if (!parsed.ok) return fail(parsed.message, parsed.hint)
  const { commandLine } = parsed
  const [pattern = '', ...names] = commandLine.playbooks
  const request = requestOf(commandLine)
  const named = namedFacts(names, await loadFacts())
  const hosts = await prepareHosts(pattern, request, {
    found: (_what, path) => sink.err(foundLine('inventory', path)),
    passwords: () => askPasswords(commandLine, { input: setting.stdin, output: setting.stderr }),
  })
  if (!named.ok || !hosts.ok) {
    await tell([named, hosts].flatMap((one) => (one.ok ? [] : one.diagnostics)))
    return EXIT.mistake
  }
  await tell(hosts.warnings)
  const login = { home: homedir(), username: userInfo().username, environment: setting.env }
  const asked = await withHosts(hosts.value.hosts, request, login, (connections) =>
    askFacts({ ...connections, requests: named.value, deadlineMs: DEADLINE_MS }),
  )
  if (!asked.ok) {
    await tell(asked.diagnostics)
    return EXIT.mistake
  }
  const answers = asked.value
  for (const { label } of named.value) sink.out(renderFact(label, answers))
  for (const { host, failure } of answers) if (failure) sink.err(`${host}: ${escapeLine(failure.cause)}\n`)
  if (answers.some(({ outcome }) => outcome === 'failed')) return EXIT.failed
  return answers.some(({ outcome }) => outcome === 'unreachable') ? EXIT.unreachable : EXIT.well
}

/** `os`, then for each value its hosts and the value as JSON. */
export function renderFact(label: string, answers: readonly FactAnswers[]): string {
  const byValue = new Map<string, string[]>()
  for (const { host, values } of answers) {
    if (!values.has(label)) continue
    const shown = JSON.stringify(values.get(label))
    byValue.set(shown, [...(byValue.get(shown) ?? []), host])
  }
  const lines = Array.from(byValue, ([value, hosts]) => `  ${foldNodeSet(hosts)}: ${escapeLine(value)}\n`)
  return `${label}\n${lines.join('')}`
}
