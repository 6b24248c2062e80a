// What doctor found, for people and as JSON: each finding once, its hosts folded into node sets.
import type { CheckFinding, Diagnosis } from '../run/diagnose.ts'
import { escapeJson, escapeLine } from '../report/escapeControl.ts'
import { foldHosts, nodeSet } from '../report/foldHosts.ts'
import type { Palette } from '../report/palette.ts'
import { wrapWords } from '../report/wrapWords.ts'

interface Style {
  readonly palette: Palette
  readonly width: number
}

export function renderDiagnosis({ findings, unanswered, checks, hosts }: Diagnosis, style: Style): string {
  const { palette } = style
  const lost = foldHosts(
    unanswered.map(({ host, cause }) => [host, cause] as const),
    (cause) => cause,
  ).map(({ hosts: names, value }) => `${palette.red('not checked')} ${nodeSet(names)}: ${escapeLine(value)}\n`)
  const found = findings.map((finding) => `${renderFinding(finding, style)}\n`)
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`
  const asked = `${count(checks, 'check')} on ${count(hosts, 'host')}`
  const last = findings.length === 0 ? `${asked}: nothing found` : `${asked}: ${count(findings.length, 'finding')}`
  return [...found, ...lost, `${last}\n`].join('')
}

function renderFinding({ check, evidence }: CheckFinding, { palette, width }: Style): string {
  const row = (label: string, text: string) =>
    wrapWords(escapeLine(text), Math.max(40, width - 11))
      .map((line, i) => `  ${(i === 0 ? label : '').padEnd(8)} ${line}\n`)
      .join('')
  const seen = foldHosts(evidence, (text) => text)
  const fix = check.playbook === undefined ? check.fix : `${check.fix} (${check.playbook} does)`
  return [
    `${palette.bold(nodeSet([...evidence.keys()]))}: ${palette.yellow(check.cause)}  ${palette.dim(check.name)}\n`,
    row('symptom', check.symptom),
    ...seen.map(({ hosts, value }) => row('seen', seen.length === 1 ? value : `${nodeSet(hosts)}: ${value}`)),
    row('fix', fix),
  ].join('')
}

/** One JSON object. `version` changes when a field changes its meaning. */
export function diagnosisJson({ findings, unanswered, checks, hosts }: Diagnosis): string {
  const all = findings.map(({ check: { name, symptom, cause, fix, playbook }, evidence }) => ({
    check: name,
    hosts: nodeSet([...evidence.keys()]),
    symptom,
    cause,
    fix,
    ...(playbook !== undefined && { playbook }),
    evidence: Object.fromEntries(evidence),
  }))
  return `${escapeJson(JSON.stringify({ version: 1, checks, hosts, findings: all, unanswered }, null, 2))}\n`
}
