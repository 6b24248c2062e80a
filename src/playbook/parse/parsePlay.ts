// The head of a playbook file, and one play of it, as they were written.
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { Findings } from '../../text/findings.ts'
import { FILE_KEYWORDS, IMPORT_PLAYBOOK_KEYWORDS, PLAY_KEYWORDS, REFUSED_IN_PLAY } from './keywords.ts'
import { parseConduct } from './parseConduct.ts'
import type { ParsedConduct, ParsedShared } from './parsed.ts'
import { parseShared } from './parseShared.ts'
import { checkKeywords, readFixedText, readList, readTags } from './parseKeywords.ts'
import { describeNode, entryOf, isEmpty, placeOf, type YamlEntry, type YamlNode } from '../../text/yamlTree.ts'

/**
 * A playbook file has one of two forms: a map of `inputs:` (may be left out) and `plays:` (a list), or, as in Ansible,
 * a bare list of plays, which then declares no inputs.
 */
export function parsePlaybookHead(
  root: YamlNode,
  findings: Findings,
): { inputs?: YamlNode; plays: readonly YamlNode[] } | undefined {
  if (root.kind === 'list') return { plays: root.items }
  if (root.kind !== 'map') {
    const what = isEmpty(root)
      ? 'the playbook is empty'
      : `a playbook must be a list of plays, not ${describeNode(root)}`
    return findings.error('no-plays', what, placeOf(root), "such as '- hosts: all' with 'tasks:' below it")
  }
  if (entryOf(root, 'hosts')) {
    return findings.error(
      'wrong-type',
      'a playbook is a list of plays; this is a single play',
      placeOf(root),
      "start it with '- '",
    )
  }
  checkKeywords(root, 'a playbook', FILE_KEYWORDS, {}, findings)
  const inputs = entryOf(root, 'inputs')
  const plays = entryOf(root, 'plays')
  if (!plays) findings.error('no-plays', "the playbook has no 'plays'", placeOf(root))
  return {
    ...(inputs && { inputs: inputs.value }),
    plays: plays ? readList(plays.value, 'plays', findings) : [],
  }
}

/** A file of tasks is a list, or a map of the `inputs:` that they read and `tasks:`. */
export function parseTasksHead(
  root: YamlNode,
  findings: Findings,
): { inputs?: YamlNode; tasks: readonly YamlNode[] } | undefined {
  if (isEmpty(root)) return undefined
  if (root.kind === 'list') return { tasks: root.items }
  if (root.kind !== 'map' || !entryOf(root, 'tasks'))
    return findings.error(
      'wrong-type',
      `a file of tasks must contain a list, or 'inputs' and 'tasks', not ${describeNode(root)}`,
      placeOf(root),
    )
  checkKeywords(root, 'a file of tasks', ['inputs', 'tasks'], {}, findings)
  const inputs = entryOf(root, 'inputs')
  const tasks = entryOf(root, 'tasks')
  return { ...(inputs && { inputs: inputs.value }), tasks: tasks ? readList(tasks.value, 'tasks', findings) : [] }
}

export interface PlayImport {
  readonly kind: 'import'
  readonly file: string
  readonly tags: readonly string[]
  readonly at: SourceSpan
}

export interface WrittenPlay {
  readonly kind: 'play'
  readonly at: SourceSpan
  readonly name?: string
  readonly hosts: YamlNode
  readonly vars: readonly YamlEntry[]
  /** What `vars_files` holds: names, perhaps with expressions. */
  readonly varsFiles: readonly YamlNode[]
  readonly conduct: ParsedConduct
  /** What it states for its tasks; its variables and tags are its own. */
  readonly shared: ParsedShared
  readonly sections: Readonly<Record<'pre_tasks' | 'tasks' | 'post_tasks' | 'handlers', readonly YamlNode[]>>
}

export function parsePlay(node: YamlNode, findings: Findings): PlayImport | WrittenPlay | undefined {
  if (node.kind !== 'map')
    return findings.error('wrong-type', `a play must be a map, not ${describeNode(node)}`, placeOf(node))
  const get = (key: string): YamlNode | undefined => entryOf(node, key)?.value
  const tagNode = get('tags')
  const tags = tagNode ? readTags(tagNode, findings) : []
  const file = get('import_playbook') ?? get('ansible.builtin.import_playbook')
  if (file) {
    checkKeywords(
      node,
      "'import_playbook'",
      IMPORT_PLAYBOOK_KEYWORDS,
      {
        when: "set 'when' on the tasks",
        vars: "declare 'inputs' in the file, and give them with -e or in the inventory",
      },
      findings,
    )
    const name = readFixedText(file, 'import_playbook', findings)
    return name === undefined ? undefined : { kind: 'import', file: name, tags, at: placeOf(file) }
  }
  if (entryOf(node, 'inputs') && node.entries.length === 1)
    return findings.error(
      'unsupported-keyword',
      "'inputs' cannot be an item in the list of plays",
      node.entries[0]?.keyAt,
      "write 'inputs:' and 'plays:' at the top level of the file, with the plays under 'plays:'",
    )
  checkKeywords(node, 'a play', PLAY_KEYWORDS, REFUSED_IN_PLAY, findings)
  checkGatherFacts(get('gather_facts'), entryOf(node, 'gather_facts')?.keyAt, findings)
  const hosts = get('hosts')
  const at = node.entries[0]?.keyAt ?? placeOf(node)
  if (!hosts) findings.error('missing-keyword', "the play has no 'hosts'", at, "such as 'hosts: all'")
  const nameNode = get('name')
  const name = nameNode && readFixedText(nameNode, 'name', findings)
  const varsFiles = get('vars_files')
  const { vars, ...shared } = parseShared(node, findings)
  const section = (word: string) => {
    const found = get(word)
    return found ? readList(found, word, findings) : []
  }
  const sections = {
    pre_tasks: section('pre_tasks'),
    tasks: section('tasks'),
    post_tasks: section('post_tasks'),
    handlers: section('handlers'),
  }
  const conduct = parseConduct(node, findings)
  if (!hosts) return undefined
  return {
    kind: 'play',
    at,
    ...(name !== undefined && { name }),
    hosts,
    vars,
    varsFiles: varsFiles ? (varsFiles.kind === 'list' ? varsFiles.items : [varsFiles]) : [],
    conduct,
    shared: { ...shared, vars: [] },
    sections,
  }
}

function checkGatherFacts(node: YamlNode | undefined, at: SourceSpan | undefined, findings: Findings): void {
  if (!node || (node.kind === 'scalar' && node.value === false)) return
  findings.error(
    'unsupported-keyword',
    "'gather_facts' is not needed",
    at,
    'facts are gathered when they are needed: delete this line',
  )
}
