// What is printed of a checked playbook without running it.
import { expect, test } from 'vitest'
import { renderListing } from '../../src/cli/listings.ts'
import type { ValidPlaybook } from '../../src/model/playbook.ts'
import type { TaskSpec } from '../../src/model/playTree.ts'

const at = (line: number) => ({ file: 'deploy.yml', line, column: 1, length: 1, text: '' })

const task = (line: number, name: string, tags: readonly string[] = []) =>
  ({ at: at(line), name, type: 'run', tags }) as unknown as TaskSpec

const playbook = {
  files: ['deploy.yml', 'more.yml'],
  secrets: [],
  plays: [
    {
      index: 0,
      at: at(1),
      name: 'runtime',
      hosts: ['crane02', 'crane03', 'crane05'],
      tasks: [
        task(5, 'Install', ['runtime', 'pkg']),
        task(9, 'On {{ inventory_hostname }}', ['runtime']),
        task(12, 'Wait for {{ x.y }}'),
      ],
      handlers: [task(20, 'Restart')],
      variables: (host: string) => ({ inventory_hostname: host }),
    },
    { index: 1, at: at(30), name: 'verify', hosts: ['crane02'], tasks: [], handlers: [], variables: () => ({}) },
  ],
} as unknown as ValidPlaybook

test.each([
  [
    'list-hosts',
    `PLAY runtime: crane[02-03,05] (3 hosts)
  crane02
  crane03
  crane05
PLAY verify: crane02 (1 host)
  crane02
`,
  ],
  [
    'list-tasks',
    `PLAY runtime: crane[02-03,05] (3 hosts)
  Install  (run, deploy.yml:5)  [runtime, pkg]
  On {{ inventory_hostname }}  (run, deploy.yml:9)  [runtime]
  Wait for {{ x.y }}  (run, deploy.yml:12)
  Restart  (run, deploy.yml:20)  (handler)
`,
  ],
  [
    'list-tags',
    `PLAY runtime: crane[02-03,05] (3 hosts)
  pkg
  runtime
`,
  ],
  ['syntax-check', 'deploy.yml, more.yml: no mistake found in 2 plays, 3 tasks, 3 hosts\n'],
] as const)('--%s', (mode, expected) => {
  expect(renderListing(playbook, mode)).toBe(expected)
})
