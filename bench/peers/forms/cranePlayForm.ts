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

/** `blocks`: tens of tasks in a block with a condition and a rescue, and the second half of them in another one. */
export function cranePlayForm(steps: readonly Step[], blocks = false): FormFiles {
  const all = steps.map((step) => ({ name: titleOf(step), ...task(step) }))
  const tens = Array.from({ length: Math.ceil(all.length / 10) }, (_, i) => all.slice(i * 10, i * 10 + 10))
  const rescue = [{ name: 'Say what failed', print: '{{ failure.task }}: {{ failure.cause }}' }]
  const inBlock = (ten: readonly object[]) => ({
    when: "inventory_hostname != ''",
    block: [...ten.slice(0, 5), ...(ten.length > 5 ? [{ block: ten.slice(5) }] : [])],
    rescue,
  })
  const tasks = blocks ? tens.map(inBlock) : all
  return new Map([['deploy.yml', stringify([{ name: 'Container nodes', hosts: 'all', tasks }])]])
}
