// The two files of a new task type that works, for its author to fill in.

export interface NewFile {
  readonly name: string
  readonly text: string
}

/**
 * A task type that makes sure that a file exists, and its cases.
 * @param name in camel case, the key in playbooks: `ensureSymlink`
 * @param casesFrom the module with the type TaskCases
 */
export function newTaskType(name: string, casesFrom = 'crane-play/task'): readonly [type: NewFile, cases: NewFile] {
  const type = `// ${name}: one sentence that says what it is for.
import { AbsolutePath, change, command, commandOutput, defineTask, ok, quoteShell, Type } from 'crane-play/task'

export default defineTask({
  name: '${name}',
  summary: 'Creates an empty file.',
  params: Type.Object({ path: AbsolutePath('The file.') }, { additionalProperties: false }),
  // What is there: read-only probes, from the parameters alone.
  observe: ({ path }) => ({ state: commandOutput(\`test -e \${quoteShell(path)} && echo present || echo absent\`) }),
  // What is missing: a pure function of the parameters and the answers.
  decide({ params, observed: { state } }) {
    if (state.stdout === 'present\\n') return ok()
    return change({
      note: \`create \${params.path}\`,
      after: { state: { status: 0, stdout: 'present\\n' } }, // what the probe reads afterwards
      plan: {},
    })
  },
  // What to do: steps as data.
  apply: ({ params }) => [command('touch', '--', params.path)],
})
`
  const cases = `// Cases of ${name}.
import type { TaskCases } from '${casesFrom}'

export default {
  decide: [
    {
      it: 'is there',
      params: { path: '/srv/${name}' },
      observed: { state: { status: 0, stdout: 'present\\n' } },
      expect: { kind: 'ok' },
    },
    {
      it: 'is absent',
      params: { path: '/srv/${name}' },
      observed: { state: { status: 0, stdout: 'absent\\n' } },
      expect: { kind: 'change', says: 'create /srv/${name}', script: 'touch' },
    },
  ],
  wrong: [{ params: { path: 'relative' }, path: '/path', says: 'absolute' }],
  live: [{ it: 'creates the file', params: { path: '/srv/${name}' }, proof: 'test -f /srv/${name}' }],
} satisfies TaskCases
`
  return [
    { name: `${name}.ts`, text: type },
    { name: `${name}.cases.ts`, text: cases },
  ]
}
