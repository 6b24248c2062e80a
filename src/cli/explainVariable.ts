// `crane-play explain VAR [PLAYBOOK...] -i hosts [--host PATTERN]`: a variable's value, where it is set, and what that overrode.
import type { SourceSpan } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import type { Json } from '../model/inventory.ts'
import { foldNodeSet } from '../model/nodeSet.ts'
import type { PlaySpec } from '../model/playbook.ts'
import { SecretText } from '../model/secretText.ts'
import type { PrecedenceLevel, VariableSource } from '../model/variableSource.ts'
import { escapeControl, escapeLine } from '../report/escapeControl.ts'
import { hideSecrets } from '../report/hideSecrets.ts'
import { type Explanation, prepareExplanation } from '../run/prepareExplanation.ts'
import { foundLine } from './complaint.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitStatus.ts'
import { requestOf } from './runPlaybooks.ts'
import type { Subcommand } from './subcommand.ts'

export const explainVariable: Subcommand['run'] = async (words, { sink, fail, tell }) => {
  const usage = 'crane-play explain VAR [PLAYBOOK...] -i INVENTORY [--host PATTERN]'
  const parsed = parseCommandLine(words, { name: 'variable', usage })
  if (!parsed.ok) return fail(parsed.message, parsed.hint)
  const [variable = '', ...playbooks] = parsed.commandLine.playbooks
  const found = (_what: string, path: string) => sink.err(foundLine('inventory', path))
  const request = { ...requestOf(parsed.commandLine), playbooks }
  const prepared = await prepareExplanation(parsed.commandLine.host ?? 'all', request, { found })
  if (!prepared.ok) {
    await tell(prepared.diagnostics)
    return EXIT.mistake
  }
  await tell(prepared.warnings)
  const text = renderVariable(variable, prepared.value, playbooks.length > 0)
  if (text === '') {
    const near = nearName(variable, prepared.value)
    const what = `nothing sets '${variable}' on these hosts`
    return near === undefined ? fail(what, usage) : fail(what, `did you mean '${near}'?`)
  }
  sink.out(escapeControl(text, Infinity))
  return EXIT.well
}

/** The one of the names that are set which is nearly the same. */
function nearName(variable: string, { playbook, hosts }: Explanation): string | undefined {
  const plays = playbook.plays.filter((play) => hosts.some((host) => play.hosts.includes(host)))
  const known = plays.flatMap((play) => play.hosts.slice(0, 1).flatMap((host) => Object.keys(play.variables(host))))
  return didYouMean(variable, [...new Set(known)])
}

/** As long whatever it stands for. */
const HIDDEN = '********'

/** Hosts on which the same places set it are shown once. `inPlays`: under the name of each play. */
export function renderVariable(variable: string, { playbook, hosts }: Explanation, inPlays = false): string {
  const secrets = new SecretText(playbook.secrets)
  const text = playbook.plays.map((play) => {
    const folded = new Map<string, string[]>()
    for (const host of hosts.filter((name) => play.hosts.includes(name))) {
      const lines = linesOf(variable, play, host, '  ', []).join('\n')
      if (lines !== '') folded.set(lines, [...(folded.get(lines) ?? []), host])
    }
    const shown = Array.from(folded, ([lines, names]) => `${foldNodeSet(names)}\n${lines}\n`).join('')
    return inPlays && shown !== '' ? `play ${play.name}  ${play.at.file}:${play.at.line}\n${shown}` : shown
  })
  return secrets.hide(text.join(''), () => HIDDEN)
}

/** `around`: the variables that it is part of. */
function linesOf(
  variable: string,
  play: PlaySpec,
  host: string,
  indent: string,
  around: readonly string[],
): readonly string[] {
  const [inForce, ...overridden] = play.sources?.(host, variable) ?? []
  if (!inForce) return around.length > 0 ? [`${indent}${variable} is not set`] : []
  const { made } = inForce
  const inside = [...around, variable]
  const parts = (made?.of ?? []).filter((name) => !inside.includes(name))
  const head = around.length > 0 ? `${variable} = ` : ''
  return [
    `${indent}${head}${shown(variable, inForce)}`,
    ...(made ? [`${indent}  from ${hidden(variable, made.written)}`] : []),
    ...(made?.candidates ?? []).map(
      ({ at, value }) => `${indent}  ${placed(hidden(variable, value), at, 'if the host uses that file')}`,
    ),
    ...parts.flatMap((name) => linesOf(name, play, host, `${indent}  `, inside)),
    ...(made?.facts ?? []).map((fact) => `${indent}  ${fact}, asked when it is needed`),
    // What is overridden matters for the variable itself.
    ...(around.length > 0 ? [] : overridden.map((one) => `${indent}overrides ${shown(variable, one)}`)),
  ]
}

const LEVELS: Readonly<Record<PrecedenceLevel, string>> = {
  'crane-play': 'set by crane-play',
  extra: '-e',
  task: 'the task',
  result: 'a result',
  play: "the play's variables",
  host: 'the host',
  group: 'group',
  default: 'default of the input',
}

/** A value that is sensitive, or whose name says that it is secret, is not shown. */
function shown(variable: string, { value, unset, at, group, level, sensitive }: VariableSource): string {
  const unknown = unset ? 'has no value' : 'known when it runs'
  const text = sensitive ? HIDDEN : value === undefined ? unknown : hidden(variable, value)
  return placed(text, at, group === undefined ? LEVELS[level] : `group ${group}`)
}

const placed = (text: string, at: SourceSpan | undefined, more: string): string =>
  escapeLine(`${text}  ${at ? `${at.file}:${at.line}:${at.column}, ` : ''}${more}`)

const hidden = (variable: string, value: Json): string =>
  hideSecrets(`${variable}=${JSON.stringify(value)}`)
    .slice(variable.length + 1)
    .replace(/^\*+$/, HIDDEN)
