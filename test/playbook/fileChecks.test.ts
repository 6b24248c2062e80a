// Files of this machine that tasks name: they must be there before the run, and no host may choose them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { probeFileOnDisk } from '../../src/playbook/check/fileChecks.ts'
import { told, inventoryOf, mistakesIn, play } from './world.ts'
import { temporaryDirectory } from '../task/runShell.ts'

const FILES = { 'files/motd': 'x', 'files/CPU': 'x', 'files/GPU': 'x', '/srv/motd': 'x', 'tasks/near': 'x' }
const site = (tasks: string, head = '') => ({ ...FILES, 'site.yml': play(tasks, head) })

const MISSING: readonly (readonly [name: string, tasks: string, expected: readonly string[]])[] = [
  [
    'a constant',
    '- writeFile: { path: /x, src: files/mtod }',
    [
      "3:35 unreadable-file cannot read files/mtod: there is no such file; 'src' is relative to the directory of site.yml",
    ],
  ],
  [
    'an absolute path',
    '- writeFile: { path: /x, src: /srv/mtod }',
    ['3:35 unreadable-file cannot read /srv/mtod: there is no such file'],
  ],
  [
    'a variable, on the hosts where it is wrong',
    `- writeFile: { path: /x, src: "files/{{ partition == 'GPU' ? 'TPU' : partition }}" }`,
    [
      "3:35 unreadable-file cannot read files/TPU: there is no such file on crane[03-04]; 'src' is relative to the directory of site.yml",
    ],
  ],
  [
    'an item of a loop',
    '- writeFile: { path: /x, src: "files/{{ item }}" }\n  loop: [CPU, TPU]',
    [
      "3:35 unreadable-file cannot read files/TPU: there is no such file; 'src' is relative to the directory of site.yml",
    ],
  ],
  [
    'beside what waits for a result',
    '- run: x\n  register: r\n- writeFile: { path: "{{ r.stdout }}", src: files/none }',
    [
      "5:49 unreadable-file cannot read files/none: there is no such file; 'src' is relative to the directory of site.yml",
    ],
  ],
]

test.each(MISSING)('a file that is not there: %s', (_name, tasks, expected) => {
  expect(told(mistakesIn(site(tasks)))).toEqual(expected)
})

test.each([
  ['beside the playbook', '- writeFile: { path: /x, src: files/motd }'],
  ['an absolute path', '- writeFile: { path: /x, src: /srv/motd }'],
  ['above the folder, where the user says so', '- writeFile: { path: /x, src: files/../files/motd }'],
  ['from a variable', '- writeFile: { path: /x, src: "files/{{ partition }}" }'],
  ['for no host that there is', `- writeFile: { path: /x, src: "files/{{ partition }}x" }\n  when: partition == 'TPU'`],
])('a file that is there: %s', (_name, tasks) => {
  expect(mistakesIn(site(tasks))).toEqual([])
})

test('a file is looked for beside the tasks that name it', () => {
  const files = {
    ...site('- import_tasks: tasks/more.yml'),
    'tasks/more.yml': '- writeFile: { path: /x, src: near }\n',
  }
  expect(mistakesIn(files)).toEqual([])
})

test('each file is looked at once, however many hosts it is for', () => {
  const hosts = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`n${i}`, { own: `${i}` }]))
  const asked: string[] = []
  mistakesIn(site('- writeFile: { path: "/{{ own }}", src: "files/{{ own == \'\' ? own : \'motd\' }}" }'), {
    inventory: inventoryOf(hosts),
    probeFile: (path) => void asked.push(path),
  })
  expect(asked).toEqual(['files/motd'])
})

const RUN = '- run: x\n  register: r\n'
const HOSTILE: readonly (readonly [name: string, tasks: string, source: string, place: string])[] = [
  ['what it printed', '- writeFile: { path: /x, src: "{{ r.stdout }}" }', 'r', '5:39'],
  ['a part of it', '- writeFile: { path: /x, src: "files/{{ r.stdout }}" }', 'r', '5:45'],
  ['a choice by it', `- writeFile: { path: /x, src: "{{ r.changed ? 'a' : 'b' }}" }`, 'r', '5:39'],
  [
    'by way of a variable',
    '- writeFile: { path: /x, src: "{{ b }}" }\n  vars: { a: "{{ r.stdout }}", b: "{{ a }}" }',
    'b',
    '5:39',
  ],
  ['by way of a loop', '- writeFile: { path: /x, src: "{{ item }}" }\n  loop: "{{ [r.stdout] }}"', 'item', '5:39'],
  ['on another host', `- writeFile: { path: /x, src: "{{ hostvars['crane01'].r.stdout }}" }`, 'hostvars', '5:39'],
  [
    'though it may never run',
    '- writeFile: { path: /x, src: "{{ r.stdout }}" }\n  when: partition == "TPU"',
    'r',
    '5:39',
  ],
]

test.each(HOSTILE)('a host does not choose the file: %s', (_name, task, source, place) => {
  const [found = '', ...more] = told(mistakesIn(site(RUN + task)))
  const message = `${place} host-names-file 'src' is a file on this machine, and '${source}' holds what a host reported`
  expect(found.split(';')[0]).toBe(message)
  expect(more).toEqual([])
})

test('a file that the task makes itself may be absent, and no host chooses it either', () => {
  expect(mistakesIn(site('- seal: { stamp: files/none }'))).toEqual([])
  const [found = ''] = told(mistakesIn(site(`${RUN}- seal: { stamp: "{{ r.stdout }}" }`)))
  expect(found).toContain("host-names-file 'stamp' is a file on this machine, and 'r' holds what a host reported")
})

test('nor in a later play, nor in a handler', () => {
  const later = `${play(RUN)}- hosts: all
  tasks:
    - writeFile: { path: /x, src: "{{ r.stdout }}" }
      notify: h
  handlers:
    - name: h
      writeFile: { path: /x, src: "{{ r.stdout }}" }
`
  expect(mistakesIn({ ...FILES, 'site.yml': later }).map(({ code, at }) => [code, at?.line])).toEqual([
    ['host-names-file', 8],
    ['host-names-file', 12],
  ])
})

test.each([
  ['it may choose the content', '- writeFile: { path: /x, content: "{{ r.stdout }}" }'],
  ['it may choose whether', '- writeFile: { path: /x, src: files/motd }\n  when: r.changed'],
  ['a variable of the task hides the result', '- writeFile: { path: /x, src: "files/{{ a }}" }\n  vars: { a: motd }'],
])('%s', (_name, task) => {
  expect(mistakesIn(site(RUN + task))).toEqual([])
})

test('what the inventory says of another host may, by way of the play', () => {
  const head = '  vars: { own: "{{ hostvars[\'crane01\'].partition }}" }\n'
  expect(mistakesIn(site(`${RUN}- writeFile: { path: /x, src: "files/{{ own }}" }`, head))).toEqual([])
})

test('on the disk: a file is one, a directory and a device are none', () => {
  const folder = temporaryDirectory()
  writeFileSync(join(folder, 'file'), '')
  mkdirSync(join(folder, 'folder'))
  expect(() => probeFileOnDisk(join(folder, 'file'))).not.toThrow()
  expect(() => probeFileOnDisk(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  expect(() => probeFileOnDisk(join(folder, 'folder'))).toThrow(expect.objectContaining({ code: 'EISDIR' }))
  expect(() => probeFileOnDisk('/dev/null')).toThrow('not a regular file')
})

const COPY = { ...FILES, 'site/a': '' }

test.each<[string, string, string[]]>([
  ['that is there', '- copyTree: { src: site, path: /x }', []],
  [
    'that is not',
    '- copyTree: { src: none, path: /x }',
    ["3:24 unreadable-file cannot read none: there is no such file; 'src' is relative to the directory of site.yml"],
  ],
])('a directory %s', (_name, tasks, expected) => {
  expect(told(mistakesIn({ ...COPY, 'site.yml': play(tasks) }))).toEqual(expected)
})

test('a directory is looked at with what is left out of it, and not before that is known', () => {
  const asked: unknown[] = []
  const probeTree = (...given: unknown[]) => void asked.push(given)
  mistakesIn(site('- copyTree: { src: site, path: /x, exclude: ["*.{{ partition }}"] }'), { probeTree })
  expect(asked).toEqual([
    ['site', ['*.CPU']],
    ['site', ['*.GPU']],
  ])
  mistakesIn(site(`${RUN}- copyTree: { src: none, path: /x, exclude: ["{{ r.stdout }}"] }`), { probeTree })
  expect(asked.length).toBe(2)
})

test('a host does not choose the directory, nor a directory for a file', () => {
  const [found = ''] = told(mistakesIn(site(`${RUN}- copyTree: { src: "{{ r.stdout }}", path: /x }`)))
  expect(found).toContain("host-names-file 'src' is a file on this machine, and 'r' holds what a host reported")
  const probeFile = () => {
    throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  }
  const [of = ''] = told(mistakesIn(site('- writeFile: { path: /x, src: site }'), { probeFile }))
  expect(of).toContain('cannot read site: it is a directory; use copyTree for a directory')
})
