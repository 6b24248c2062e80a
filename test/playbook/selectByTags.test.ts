// Tags: the tasks that --tags and --skip-tags leave.
import { expect, test } from 'vitest'
import { leavesOf } from '../../src/model/playTree.ts'
import { isSelected } from '../../src/playbook/check/selectByTags.ts'
import { told, type load, mistakesIn, valid } from './world.ts'

const TASKS = { plain: [], a: ['a'], ab: ['a', 'b'], always: ['always'], never: ['never'], debug: ['never', 'debug'] }

test.each<[only: string[], skip: string[], selected: string]>([
  [[], [], 'plain a ab always'],
  [['all'], [], 'plain a ab always'],
  [['a'], [], 'a ab always'],
  [['b'], [], 'ab always'],
  [['tagged'], [], 'a ab always'],
  [['untagged'], [], 'plain always'],
  [['never'], [], 'always never debug'],
  [['debug'], [], 'always debug'],
  [['all', 'debug'], [], 'plain a ab always debug'],
  [[], ['a'], 'plain always'],
  [[], ['b'], 'plain a always'],
  [[], ['always'], 'plain a ab'],
  [[], ['tagged'], 'plain'],
  [[], ['untagged'], 'a ab always'],
  [[], ['all'], 'always'],
  [[], ['all', 'always'], ''],
  [['a'], ['b'], 'a always'],
  [['a'], ['always'], 'a ab'],
])('--tags %j --skip-tags %j', (only, skip, selected) => {
  const names = Object.entries(TASKS).flatMap(([name, tags]) => (isSelected(tags, only, skip) ? [name] : []))
  expect(names.join(' ')).toBe(selected)
})

const PLAYBOOK = `
- hosts: all
  tags: base
  tasks:
    - { run: one, register: r }
    - { run: two, tags: [net, slow] }
    - { run: "{{ r.stdout }}", tags: slow }
  handlers:
    - { name: h, run: x, tags: net }
`

test('tasks keep their ids and handlers stay, whatever the tags', () => {
  const [first] = valid(PLAYBOOK, { tags: ['net'] }).plays
  expect(leavesOf(first?.tasks ?? []).map(({ id }) => id)).toEqual(['0/1'])
  expect(first?.handlers.map(({ id }) => id)).toEqual(['0/h0'])
  expect(
    leavesOf(valid(PLAYBOOK, { tags: ['base'], skipTags: ['net, slow'] }).plays[0]?.tasks ?? []).map(({ id }) => id),
  ).toEqual(['0/0'])
})

const MISTAKES: readonly (readonly [options: Parameters<typeof load>[1], file: string, expected: string])[] = [
  [
    { tags: ['nett'] },
    '--tags',
    "--tags:1:1 unknown-tag no task has the tag 'nett'; did you mean 'net'? the playbook's tags are base, net, slow",
  ],
  [
    { tags: ['base,frob'] },
    '--tags',
    "--tags:1:6 unknown-tag no task has the tag 'frob'; the playbook's tags are base, net, slow",
  ],
  [
    { skipTags: ['base, frob'] },
    '--skip-tags',
    "--skip-tags:1:7 unknown-tag no task has the tag 'frob'; the playbook's tags are base, net, slow",
  ],
  [
    { tags: ['slow'] },
    'site.yml',
    "7:18 unknown-variable 'r' is registered by a task that the tags exclude; select that task too, or skip this one",
  ],
]

test.each(MISTAKES)('%j is a mistake', (options, file, expected) => {
  const found = mistakesIn(PLAYBOOK, options)
  expect(found[0]?.at?.file).toBe(file)
  expect(told(found)).toEqual([expected])
})
