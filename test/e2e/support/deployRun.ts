// Runs the product's own playbooks on a lab and says what came of it, as the tests of deployments ask for it.
import { expect } from 'vitest'
import { type Lab, labHost } from '../../../lab/index.ts'
import type { RunEvent } from '../../../src/model/runEvent.ts'
import { runCommand } from '../../cli/runCommand.ts'

/** Runs a playbook on all hosts of a lab, with further options. */
export async function deployRun(lab: Lab, playbook: string, ...options: string[]) {
  const reach = ['-i', lab.inventory, '--known-hosts', lab.knownHosts, '--output', 'jsonl', '--detailed-exitcode']
  const { status, out, err } = await runCommand(playbook, ...reach, ...options)
  const events = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunEvent]))
  const results = events.flatMap((event) => (event.type === 'task-result' ? [event] : []))
  const ended = events.findLast((event) => event.type === 'run-ended')
  if (ended?.type !== 'run-ended') throw new Error(`the run did not end: ${err}`)
  return {
    status,
    results,
    changes: results.flatMap(({ host, task, result }) =>
      result.outcome === 'changed' ? [`${host} ${task.type}`] : [],
    ),
    failures: results.flatMap(({ host, task, result }) =>
      result.failure ? [{ host, task: task.type, ...result.failure }] : [],
    ),
    roundTrips: ended.roundTrips,
    recap: ended.recap,
  }
}

/** The addresses that a container has which CraneSched starts on a node through CRI, by its own kernel tables. */
export async function containerAddresses(lab: Lab, node: string): Promise<string[]> {
  const run = `cd /home && ccon -p CPU -w ${node} run -d --pull-policy IfNotPresent --userns=false alpine:latest cat /proc/net/fib_trie`
  const id = /Job ID: (\d+)/.exec(await onLabHost(lab, 'crane01', run))?.[1]
  let said = ''
  await expect
    .poll(
      async () => {
        said = (await labHost('crane01', lab.name).exec(`cd /home && ccon logs -n ${node} ${id}.1`)).stdout
        return said
      },
      { timeout: 20_000 },
    )
    .toContain('LOCAL')
  return [
    ...new Set([...said.matchAll(/(\d+\.\d+\.\d+\.\d+)\n\s*\/32 host LOCAL/g)].map(([, address = '']) => address)),
  ]
}

/** What a command prints on a host of a lab; it must succeed. */
export async function onLabHost(lab: Lab, host: string, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(host, lab.name).exec(command)
  expect({ host, command, stderr, exitCode }).toMatchObject({ exitCode: 0 })
  return stdout
}
