// Which tasks `--tags` and `--skip-tags` leave, by Ansible's rules.
import { didYouMean } from '../../model/didYouMean.ts'
import type { Findings } from '../../text/findings.ts'
import { SPECIAL_TAGS } from '../parse/keywords.ts'
import { SourceText } from '../../text/sourceText.ts'

/** `always` runs unless it is skipped; `never` only when one of the task's other tags, or `never`, is asked for. */
export function isSelected(own: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const wanted = only.length > 0 ? only : ['all']
  const tags = own.length > 0 ? own : ['untagged']
  const among = (list: readonly string[]) => tags.some((tag) => list.includes(tag))
  const tagged = own.length > 0
  const taken =
    tags.includes('always') ||
    among(wanted) ||
    (!tags.includes('never') && (wanted.includes('all') || (wanted.includes('tagged') && tagged)))
  if (!taken || skip.length === 0) return taken
  if (skip.includes('all')) return tags.includes('always') && !skip.includes('always')
  return !among(skip) && !(skip.includes('tagged') && tagged)
}

/** Splits `a,b` and reports a tag that no task has. */
export function readTagOption(
  option: '--tags' | '--skip-tags',
  given: readonly string[],
  known: ReadonlySet<string>,
  findings: Findings,
): readonly string[] {
  const special: readonly string[] = SPECIAL_TAGS
  return given.flatMap((raw) => {
    const source = new SourceText(option, raw)
    let offset = 0
    return raw.split(',').flatMap((part) => {
      const tag = part.trim()
      const at = source.span(offset + part.indexOf(tag), tag.length)
      offset += part.length + 1
      if (tag === '') return []
      if (!special.includes(tag) && !known.has(tag)) {
        const all = [...known].sort()
        const close = didYouMean(tag, [...all, ...special])
        const list = all.length > 0 ? `the playbook's tags are ${all.join(', ')}` : 'the playbook has no tags'
        findings.error(
          'unknown-tag',
          `no task has the tag '${tag}'`,
          at,
          close ? `did you mean '${close}'? ${list}` : list,
        )
      }
      return [tag]
    })
  })
}
