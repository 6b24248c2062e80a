// The keywords that a play, a block, an import and a task have in common.
import { entryOf, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'
import type { Findings } from '../../text/findings.ts'
import type { ParsedShared } from './parsed.ts'
import { readBecome, readBoolean, readMap, readNames, readNumber, readTags, readVars } from './parseKeywords.ts'

export function parseShared(map: YamlMap, findings: Findings): ParsedShared {
  const get = (key: string): YamlNode | undefined => entryOf(map, key)?.value
  const flag = (word: string, name: string) => {
    const node = get(word)
    const value = node && readBoolean(node, word, findings)
    return value === undefined ? {} : { [name]: value }
  }
  const when = get('when')
  const environment = get('environment')
  const tags = get('tags')
  const vars = get('vars')
  const timeout = get('timeout')
  const timeoutSeconds =
    timeout && readNumber(timeout, 'timeout', 'a number of seconds above 0', (value) => value > 0, findings)
  const throttle = get('throttle')
  const throttled =
    throttle && readNumber(throttle, 'throttle', 'a number of hosts', (n) => Number.isInteger(n) && n > 0, findings)
  const delegateTo = get('delegate_to')
  const notify = get('notify')
  return {
    when: when ? (when.kind === 'list' ? when.items : [when]) : [],
    tags: tags ? readTags(tags, findings) : [],
    vars: vars ? readVars(vars, 'vars', findings) : [],
    become: readBecome(map, findings),
    environments: environment ? readEnvironments(environment, findings) : [],
    notify: notify ? readNames(notify, 'notify', findings) : [],
    ...flag('ignore_errors', 'ignoreErrors'),
    ...flag('ignore_unreachable', 'ignoreUnreachable'),
    ...flag('check_mode', 'checkMode'),
    ...flag('diff', 'diff'),
    ...flag('run_once', 'runOnce'),
    ...flag('any_errors_fatal', 'anyErrorsFatal'),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(throttled !== undefined && { throttle: throttled }),
    ...(delegateTo && { delegateTo }),
  }
}

/** A map, or a list of maps of which later ones win. */
function readEnvironments(node: YamlNode, findings: Findings): readonly YamlMap[] {
  const maps = node.kind === 'list' ? node.items : [node]
  return maps.flatMap((one) => readMap(one, 'environment', findings) ?? [])
}
