// The deployment as pyinfra operations.
import { type Step, titleOf } from '../deployment.ts'
import type { FormFiles } from './form.ts'

/** A JSON text is a literal of Python too, for text and lists of text. */
const python = (value: string | readonly string[]) => JSON.stringify(value)

const owned = (step: { owner: string; group: string; mode: string }) =>
  `user=${python(step.owner)}, group=${python(step.group)}, mode=${python(step.mode.replace(/^0/, ''))}`

function operation(step: Step, source: string): string {
  const name = `name=${python(titleOf(step))}`
  switch (step.kind) {
    case 'packages':
      return `apt.packages(${name}, packages=${python(step.names)})`
    case 'directory':
      return `files.directory(${name}, path=${python(step.path)}, ${owned(step)})`
    case 'file':
      return `files.put(${name}, src=${python(source)}, dest=${python(step.path)}, ${owned(step)})`
    case 'setting': {
      const line = python(`^\\s*${step.key}\\s*=.*$`)
      const replace = python(`${step.indent}${step.key} = "${step.value}"`)
      return `files.line(${name}, path=${python(step.path)}, line=${line}, replace=${replace})`
    }
    case 'service':
      return `systemd.service(${name}, service=${python(step.name)}, running=True, enabled=True)`
  }
}

export function pyinfraForm(steps: readonly Step[]): FormFiles {
  const source = (index: number) => `files/${String(index).padStart(3, '0')}`
  const lines = steps.map((step, index) => operation(step, source(index)))
  const sources = steps.flatMap((step, index) => (step.kind === 'file' ? [[source(index), step.content] as const] : []))
  return new Map([
    ['deploy.py', `from pyinfra.operations import apt, files, systemd\n\n${lines.join('\n')}\n`],
    ...sources,
  ])
}
