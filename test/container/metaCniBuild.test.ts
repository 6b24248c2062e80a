// Which schema an installed Meta CNI plug-in reads, from what is in its binary.
import { mkdirSync, writeFileSync } from 'node:fs'
import { metaCniSchema } from 'crane-play/container'
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
