// Every file of an example is used by a command, so that what the end-to-end tests run is all that a page shows.
import { describe, expect, it } from 'vitest'
import { EXAMPLE_PAGES, examplesIn, readPage, unusedFiles } from './examples.ts'

describe.each(EXAMPLE_PAGES)('%s', (page) => {
  const examples = examplesIn(readPage(page))

  it('uses each file that it shows', () => {
    expect(unusedFiles(examples)).toEqual([])
  })

  it('shows commands, and of the product only', () => {
    expect(examples.commands.length).toBeGreaterThan(0)
    expect(examples.commands.filter((line) => !line.startsWith('crane-play '))).toEqual([])
  })
})

it('README, CONTRIBUTING and docs/playbooks.md are such pages, what is generated is none', () => {
  expect(EXAMPLE_PAGES).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/playbooks.md']))
  expect(EXAMPLE_PAGES).not.toContain('docs/tasks.md')
})

describe('a file of a page', () => {
  const file = (name: string, text = '') => `\`\`\`yaml file=${name}\n${text}\n\`\`\`\n`
  const command = (line: string) => `\`\`\`console\n$ ${line}\nwhat it prints\n\`\`\`\n`

  it.each<[what: string, page: string, unused: string[]]>([
    ['that no command names', file('a.yml') + command('crane-play b.yml'), ['a.yml']],
    ['that only text between the blocks names', `a.yml\n${file('a.yml')}`, ['a.yml']],
    ['whose name is part of another', file('a') + command('crane-play a.yml'), ['a']],
    ['that a command names', file('a.yml') + command('crane-play a.yml'), []],
    ['that a command reads as variables', file('a.yml') + command('crane-play b.yml -e @a.yml'), []],
    ['whose folder a command names', file('site/a.ts') + command('crane-play b.yml --tasks site'), []],
    ['that another file imports', file('a.yml') + file('b.yml', '- import_playbook: a.yml') + command('x b.yml'), []],
  ])('%s', (_what, page, unused) => {
    expect(unusedFiles(examplesIn(page))).toEqual(unused)
  })
})
