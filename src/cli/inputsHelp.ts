// What `crane-play deploy.yml --help` says of the playbook: the inputs it declares.
import type { Json } from '../model/inventory.ts'
import type { InputDeclaration, InputShape } from '../model/inputDeclaration.ts'
import { padToWidth } from '../report/displayWidth.ts'
import { escapeLine } from '../report/escapeControl.ts'

/** A declared input, wherever it stands. */
export type InputToShow = Omit<InputDeclaration, 'at'>

/** Whole lines, one input each and its description below. */
export function inputsHelp(playbook: string, inputs: readonly InputToShow[], width: number): string {
  if (inputs.length === 0) return `Inputs of ${playbook}: none\n\n`
  const column = Math.max(...inputs.map((input) => input.name.length))
  const lines = inputs.flatMap((input) => {
    const description = input.description === undefined ? [] : wrap(escapeLine(input.description), width - column - 4)
    return [
      `  ${padToWidth(input.name, column)}  ${facts(input)}`,
      ...description.map((line) => `  ${' '.repeat(column)}  ${line}`),
    ]
  })
  return [`Inputs of ${playbook} (set with -e NAME=VALUE):`, ...lines, '', ''].join('\n')
}

/** The comment at the head of the file; empty when there is none. */
export function aboutPlaybook(playbook: string, text: string): string {
  const lines = text.replace(/^---\s*\n/, '').split(/\r?\n/)
  const end = lines.findIndex((line) => !line.startsWith('#'))
  const comment = (end < 0 ? lines : lines.slice(0, end)).map((line) =>
    escapeLine(line.replace(/^# ?/, ''), 200).trimEnd(),
  )
  if (comment.length === 0) return ''
  return [`${playbook}:`, ...comment.map((line) => (line === '' ? '' : `  ${line}`)), '', ''].join('\n')
}

function facts(input: InputToShow): string {
  const all = [input.enum ? input.enum.map((one) => shown(one)).join(' | ') : typeWords(input)]
  if (input.pattern !== undefined) all.push(`matching ${input.pattern}`)
  if (input.required) all.push('required')
  if (input.default !== undefined) all.push(`default ${input.sensitive ? '(hidden)' : shown(input.default)}`)
  if (input.sensitive) all.push('never shown')
  return escapeLine(all.join(', '))
}

/** `list of map { name, url? }`. */
function typeWords({ type, items, keys }: InputShape): string {
  if (items) return `${type} of ${typeWords(items)}`
  if (!keys) return type
  return `${type} { ${Object.entries(keys)
    .map(([key, { required }]) => (required ? key : `${key}?`))
    .join(', ')} }`
}

const shown = (value: Json): string =>
  typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value)

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > Math.max(30, width)) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
