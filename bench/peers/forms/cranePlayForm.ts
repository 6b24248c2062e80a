// The deployment as a crane-play playbook.
import { stringify } from 'yaml'
import { type Step, titleOf } from '../deployment.ts'
import type { FormFiles } from './form.ts'

function task(step: Step): object {
  switch (step.kind) {
    case 'packages':
      return { installPackage: { name: [...step.names] } }
    case 'directory': {
      const { kind: _, ...params } = step
      return { ensureDirectory: params }
    }
    case 'file': {
      const { kind: _, ...params } = step
      return { writeFile: params }
    }
    case 'setting': {
      const set = step.table.reduceRight<object>((inner, name) => ({ [name]: inner }), { [step.key]: step.value })
      return { ensureToml: { path: step.path, set } }
    }
    case 'service':
      return { ensureService: { name: step.name, enabled: true, running: true } }
  }
}

export function cranePlayForm(steps: readonly Step[]): FormFiles {
  const tasks = steps.map((step) => ({ name: titleOf(step), ...task(step) }))
  return new Map([['deploy.yml', stringify([{ name: 'Container nodes', hosts: 'all', tasks }])]])
}
