// The hosts of a play from its pattern, and its batches: all that is settled before any host is known.
import type { Diagnostic } from '../../model/diagnostic.ts'
import { UNKNOWN } from '../../model/computed.ts'
import { suggestion } from '../../model/didYouMean.ts'
import { FACTS_NAME } from '../../model/facts.ts'
import type { Json } from '../../model/inventory.ts'
import type { BatchSize, PlaySpec } from '../../model/playbook.ts'
import { batchSize, notBatchSize } from '../parse/parseConduct.ts'
import type { ParsedConduct, PlayOrder } from '../parse/parsed.ts'
import type { PlayContext } from './playContext.ts'
import type { PlayVariables } from './playVariables.ts'
import { compileValue } from '../../language/compileTemplate.ts'
import { missingInput } from './inputValues.ts'
import { evaluate } from '../../language/computed.ts'
import { inputValueType, MAP, typeOf, type ValueType } from '../../language/valueType.ts'
import { describeNode, isText, placeOf, type YamlNode } from '../../text/yamlTree.ts'

export function findHosts(node: YamlNode, context: PlayContext): readonly string[] {
  const pattern = readPattern(node, context)
  if (pattern === undefined) return []
  const found = context.selectHosts(pattern, placeOf(node))
  if (found.ok) for (const one of found.warnings) context.findings.add(one)
  else
    for (const one of found.diagnostics)
      if (one.code === 'unknown-host') context.unknownHosts.push(one)
      else context.findings.add(asFinding(one))
  return found.ok ? found.value : []
}

/** A group that exists and is empty is not a mistake of the playbook. */
const asFinding = (found: Diagnostic): Diagnostic =>
  found.code === 'no-host-matched'
    ? { ...found, severity: 'warning', message: `${found.message}: the play is skipped` }
    : found

/** The hosts of a play in its `order`. */
export function inOrder(hosts: readonly string[], order: PlayOrder = 'inventory'): readonly string[] {
  switch (order) {
    case 'inventory':
      return hosts
    case 'reverse_inventory':
      return hosts.toReversed()
    case 'sorted':
      return hosts.toSorted()
    case 'reverse_sorted':
      return hosts.toSorted().toReversed()
    case 'shuffle': {
      const drawn = hosts.map((host) => ({ host, lot: Math.random() }))
      return drawn.toSorted((a, b) => a.lot - b.lot).map(({ host }) => host)
    }
  }
}

function readPattern(node: YamlNode, context: PlayContext): string | undefined {
  const { findings } = context
  if (node.kind === 'list') {
    const parts = node.items.map((item) => (isText(item) ? item.value : undefined))
    if (parts.length > 0 && !parts.includes(undefined)) return parts.join(',')
  }
  if (!isText(node) || node.value.trim() === '')
    return findings.error(
      'wrong-type',
      `'hosts' must be a host pattern, not ${describeNode(node)}`,
      placeOf(node),
      'such as all or compute,!crane04',
    )
  if (!node.value.includes('{{')) return node.value
  const value = beforeHosts(node, 'hosts', context)
  return value === undefined ? undefined : String(value)
}

/** The batches of a play: sizes may be inputs, and a variable that makes them is one that is known before the tasks. */
export function batchSizes(
  serial: ParsedConduct['serial'],
  { types, live }: Pick<PlayVariables, 'types' | 'live'>,
  context: PlayContext,
): PlaySpec['serial'] {
  if (!serial) return undefined
  if ('by' in serial) {
    const { by, at } = serial
    const { findings, used } = context
    used.add(by)
    if (!types.has(by))
      findings.error('unknown-variable', `there is no variable '${by}'`, at, suggestion(by, [...types.keys()]))
    else if (by === FACTS_NAME || live.has(by))
      findings.error(
        'facts-make-batches',
        'batches are made before facts are known',
        at,
        'use a variable of the inventory',
      )
    return { by }
  }
  return serial.flatMap((item): readonly BatchSize[] => {
    if (typeof item === 'number' || 'percent' in item) return [item]
    const value = beforeHosts(item, 'serial', context)
    if (value === undefined) return []
    // An input that takes a percentage too is a string.
    const size = batchSize(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)
    if (size === undefined)
      context.findings.error('wrong-type', `'serial' ${notBatchSize(JSON.stringify(value))}`, placeOf(item))
    return size === undefined ? [] : [size]
  })
}

/** Inputs, `-e` and the groups are all that is known before there are hosts. Undefined: a mistake, which is reported. */
function beforeHosts(node: YamlNode, word: string, { run, findings, used }: PlayContext): Json | undefined {
  const types = new Map<string, ValueType>()
  const scope: Record<string, unknown> = {}
  for (const input of run.inputs.values()) {
    types.set(input.name, inputValueType(input))
    scope[input.name] = input.required ? UNKNOWN : input.default
  }
  types.set('groups', MAP)
  scope['groups'] = run.groups
  for (const [name, value] of Object.entries(run.extra)) {
    types.set(name, typeOf(value))
    scope[name] = value
  }
  const explain = () => ({ message: `'${word}' can use inputs and groups only: no host is known yet` })
  const before = findings.all.length
  const compiled = compileValue(node, { types, explain, used: (name) => void used.add(name) }, findings)
  if (findings.all.length > before) return undefined
  const result = evaluate(() => compiled.render(scope))
  if (result.ok) return result.value as Json
  if (!result.unknown) findings.add(result.diagnostic)
  else for (const input of run.inputs.values()) if (scope[input.name] === UNKNOWN) findings.add(missingInput(input))
  return undefined
}
