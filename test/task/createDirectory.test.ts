// The script that creates a directory, run for real: what a setgid directory above gives to what is made in it.
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createDirectory } from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { runScript, SHELLS, temporaryDirectory } from './runShell.ts'

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it.each([
    [undefined, '2755'],
    ['0750', '750'],
    ['2770', '2770'],
  ])('below a setgid directory, with mode %s', (mode, expected) => {
    const path = join(temporaryDirectory(), 'shared')
    mkdirSync(path)
    chmodSync(path, 0o2775)
    expect(runScript(createDirectory({ path: `${path}/a/b`, mode }), { shell })).toMatchObject({
      status: 0,
      stderr: '',
    })
    const modeOf = (name: string) => (statSync(join(path, name)).mode & 0o7777).toString(8)
    expect([modeOf('a'), modeOf('a/b')]).toEqual(['2755', expected])
  })
})
