// The deployment as an Ansible playbook, and the settings for its run.
import { stringify } from 'yaml'
import { type Step, titleOf } from '../deployment.ts'
import type { FormFiles } from './form.ts'

function task(step: Step): object {
  switch (step.kind) {
    case 'packages':
      return { 'ansible.builtin.apt': { name: [...step.names], dpkg_options: 'force-confdef,force-confold' } }
    case 'directory':
      return {
        'ansible.builtin.file': {
          path: step.path,
          state: 'directory',
          owner: step.owner,
          group: step.group,
          mode: step.mode,
        },
      }
    case 'file':
      return {
        'ansible.builtin.copy': {
          dest: step.path,
          content: step.content,
          owner: step.owner,
          group: step.group,
          mode: step.mode,
        },
      }
    case 'setting':
      return {
        'ansible.builtin.lineinfile': {
          path: step.path,
          regexp: `^\\s*${step.key}\\s*=`,
          line: `${step.indent}${step.key} = "${step.value}"`,
        },
      }
    case 'service':
      return { 'ansible.builtin.systemd_service': { name: step.name, enabled: true, state: 'started' } }
  }
}

export interface AnsibleTuning {
  readonly gatherFacts: boolean
  /** Lines below `[defaults]`, then, after an empty line, further sections. */
  readonly settings: string
}

/** As installed: 5 forks, facts gathered, modules copied to the host and then started. */
export const asInstalled: AnsibleTuning = { gatherFacts: true, settings: '' }

/** What every guide to a faster Ansible says. */
export const tuned = (hosts: number): AnsibleTuning => ({
  gatherFacts: false,
  settings: `forks = ${hosts}\ninterpreter_python = /usr/bin/python3\n\n[ssh_connection]\npipelining = True\n`,
})

/** Tuned, with Mitogen's strategy, which keeps one Python on each host for all tasks. */
export const mitogen = (hosts: number): AnsibleTuning => ({
  gatherFacts: false,
  settings: `forks = ${hosts}\ninterpreter_python = /usr/bin/python3\nstrategy = mitogen_linear\n`,
})

export function ansibleForm(steps: readonly Step[], tuning: AnsibleTuning): FormFiles {
  const tasks = steps.map((step) => ({ name: titleOf(step), ...task(step) }))
  const play = { name: 'Container nodes', hosts: 'all', gather_facts: tuning.gatherFacts, tasks }
  return new Map([
    ['deploy.yml', stringify([play])],
    ['ansible.cfg', `[defaults]\ninventory = /bench/hosts\n${tuning.settings}`],
  ])
}
