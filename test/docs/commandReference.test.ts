// docs/command.md has every option and command of `--help`; a difference is a drift.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commandReference } from '../../scripts/commandReference.ts'
import { helpText } from '../../src/cli/commandLine.ts'
import { SUBCOMMANDS } from '../../src/cli/subcommands.ts'

const page = () => readFileSync(new URL('../../docs/command.md', import.meta.url), 'utf8')

it('is what `npm run docs` would write', () => {
  expect(page()).toBe(commandReference())
})

it('has every option and every command', () => {
  const options = [...helpText(100).matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option = '']) => option)
  expect(options.length).toBeGreaterThan(25)
  for (const option of options) expect(page()).toContain(option)
  for (const command of Object.keys(SUBCOMMANDS)) expect(page()).toContain(`crane-play ${command}`)
})
