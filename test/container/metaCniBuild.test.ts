// Which schema an installed Meta CNI plug-in reads, from what is in its binary.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { acceptGeneration, generationOf, metaCniSchema, schemaIn } from 'crane-play/container'
import { describe, expect, it } from 'vitest'
import { ask, SHELLS, temporaryDirectory } from '../task/runShell.ts'

const directory = temporaryDirectory()
const builds: readonly (readonly [name: string, content: Buffer | undefined, schema: string])[] = [
  ['G3', Buffer.from('\x7fELF\0\xff at least one pipeline is required\0'), 'pipelines'],
  ['G2', Buffer.from('\x7fELF\0\xff at least one pipeline is required\0confFromArgs'), 'confFromArgs'],
  ['G1', Buffer.from('\x7fELF\0\xff\0json:"resultMode"\0'), 'delegates'],
  ['a wrapper', Buffer.from('#!/bin/sh\nexec crane-meta.real\n'), 'unknown'],
  ['-n', undefined, 'absent'],
]
for (const [name, content] of builds) if (content) writeFileSync(`${directory}/${name}`, content)
mkdirSync(`${directory}/directory`)

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('tells the builds apart', () => {
    const names = [...builds.map(([name]) => name), 'directory']
    const facts = ask(
      names.map((name) => metaCniSchema(`${directory}/${name}`)),
      { shell },
    )
    expect(facts).toEqual([...builds.map(([, , schema]) => schema), 'absent'])
  })
})

describe.each(builds.flatMap(([name, content, schema]) => (content ? [{ name, content, schema }] : [])))(
  '$name',
  ({ name, content, schema }) => {
    it('reads the same on the controller', () => expect(schemaIn(content)).toBe(schema))

    it.each(['G1', 'G2', 'G3'] as const)('is accepted as %s only if it is', (generation) => {
      const command = acceptGeneration(generation).replaceAll('%s', () => `'${directory}/${name}'`)
      const accepted = spawnSync('sh', ['-c', command]).status === 0
      expect(accepted).toBe(generationOf(schema as never) === generation)
    })
  },
)
