// How a play is run: in which batches and order, and when it gives up.
import { entryOf, isText, placeOf, describeNode, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { BatchSize } from '../../model/playbook.ts'
import { suggestion } from '../../model/didYouMean.ts'
import type { Findings } from '../../text/findings.ts'
import { type ParsedConduct, PLAY_ORDERS, type PlayOrder } from './parsed.ts'
import { checkKeywords, readBoolean, readFixedText, readNumber, readText } from './parseKeywords.ts'

export function parseConduct(play: YamlMap, findings: Findings): ParsedConduct {
  const get = (key: string): YamlNode | undefined => entryOf(play, key)?.value
  const serialNode = get('serial')
  const serial = serialNode && readSerial(serialNode, findings)
  const orderNode = get('order')
  const order = orderNode && readOrder(orderNode, findings)
  const force = get('force_handlers')
  const forceHandlers = force && readBoolean(force, 'force_handlers', findings)
  const percentage = get('max_fail_percentage')
  const isPercentage = (value: number) => value >= 0 && value <= 100
  const maxFailPercentage =
    percentage && readNumber(percentage, 'max_fail_percentage', 'a number from 0 to 100', isPercentage, findings)
  const most = get('max_failures')
  const isCount = (value: number) => Number.isInteger(value) && value >= 0
  const maxFailures = most && readNumber(most, 'max_failures', 'a number of hosts', isCount, findings)
  const strategy = entryOf(play, 'strategy')
  if (strategy && !(isText(strategy.value) && /^(ansible\.builtin\.)?linear$/.test(strategy.value.value)))
    findings.error(
      'unsupported-keyword',
      "'strategy' supports linear only",
      placeOf(strategy.value),
      'delete this line: hosts go through the tasks together',
    )
  return {
    ...(serial && { serial }),
    ...(order && { order }),
    ...(forceHandlers !== undefined && { forceHandlers }),
    ...(maxFailPercentage !== undefined && { maxFailPercentage }),
    ...(maxFailures !== undefined && { maxFailures }),
  }
}

function readOrder(node: YamlNode, findings: Findings): PlayOrder | undefined {
  const text = readText(node, 'order', findings)
  const order = PLAY_ORDERS.find((one) => one === text)
  if (text !== undefined && !order)
    findings.error('wrong-type', `'${text}' is not an order of hosts`, placeOf(node), suggestion(text, PLAY_ORDERS))
  return order
}

function readSerial(node: YamlNode, findings: Findings): ParsedConduct['serial'] {
  if (node.kind === 'map') return readBy(node, findings)
  const items = node.kind === 'list' ? node.items : [node]
  const sizes = items.flatMap((item): readonly (BatchSize | YamlNode)[] => {
    if (isText(item) && item.value.includes('{{')) return [item]
    const size = item.kind === 'scalar' ? batchSize(item.value) : undefined
    if (size !== undefined) return [size]
    const digits = isText(item) && /^\d+$/.test(item.value) ? `without quotes: ${item.value}` : "such as 2, or '30%'"
    findings.error('wrong-type', `'serial' ${notBatchSize(describeNode(item))}`, placeOf(item), digits)
    return []
  })
  return sizes.length > 0 ? sizes : undefined
}

export const notBatchSize = (shown: string) => `must be a number of hosts or a percentage, not ${shown}`

export function batchSize(value: unknown): BatchSize | undefined {
  if (Number.isInteger(value) && Number(value) >= 1) return Number(value)
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1] : undefined
  return percent !== undefined && Number(percent) > 0 && Number(percent) <= 100
    ? { percent: Number(percent) }
    : undefined
}

/** `serial: { by: rack }`: hosts with the same value of a variable are a batch. */
function readBy(map: YamlMap, findings: Findings): { readonly by: string; readonly at: SourceSpan } | undefined {
  checkKeywords(map, "'serial'", ['by'], {}, findings)
  const by = entryOf(map, 'by')
  const name = by && readFixedText(by.value, 'by', findings)
  return name === undefined || !by ? undefined : { by: name, at: placeOf(by.value) }
}
