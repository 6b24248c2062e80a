// A user's mistakes through the front door: each is shown with its place before any connection is tried, exit status 1.
import { createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Site } from './support/site.ts'

/** Stands where the inventory's hosts would be, and counts who comes. */
let server: Server
let connections = 0
let address: string
beforeAll(async () => {
  server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `ansible_host=127.0.0.1 ansible_port=${(server.address() as { port: number }).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

let site: Site
beforeEach(() => {
  site = new Site()
  connections = 0
})
afterEach(() => site.remove())

const HOSTS = () => `[compute]\ncrane[02-03] ${address}\n\n[compute:vars]\nsocket=/run/x.sock\n`
const OK = '- run: { command: touch /tmp/never, creates: /tmp/never }\n'

interface Case {
  readonly what: string
  readonly tasks?: string
  /** Instead of the usual inventory; `HERE` is where its hosts are. */
  readonly hosts?: string
  readonly files?: Readonly<Record<string, string>>
  readonly argv?: readonly string[]
  /** `place: error[code]: message`, then the line, the squiggle and the hint as they must stand below. */
  readonly shows: string
}

const CASES: readonly Case[] = [
  {
    what: 'an unknown task type',
    tasks: '- instalPackage: { name: containerd }\n',
    shows: `site.yml:4:7: error[unknown-task-type]: there is no task type 'instalPackage'
 4 |     - instalPackage: { name: containerd }
   |       ^~~~~~~~~~~~~
   hint: did you mean 'installPackage'?
`,
  },
  {
    what: 'an unknown parameter',
    tasks: '- installPackage: { name: containerd, versoin: 1.7 }\n',
    shows: `site.yml:4:43: error[unknown-parameter]: installPackage has no parameter 'versoin'
 4 |     - installPackage: { name: containerd, versoin: 1.7 }
   |                                           ^~~~~~~
   hint: did you mean 'version'?`,
  },
  {
    what: 'a wrong type',
    tasks: '- ensureService: { name: containerd, running: perhaps }\n',
    shows: `site.yml:4:51: error[wrong-type]: 'running' must be true or false, not the string 'perhaps'
 4 |     - ensureService: { name: containerd, running: perhaps }
   |                                                   ^~~~~~~
`,
  },
  {
    what: 'a mode that YAML reads as a number',
    tasks: "- writeFile: { path: /etc/x, content: '', mode: 0644 }\n",
    shows: `site.yml:4:53: error[wrong-type]: 'mode' must be a string, not the number 644
 4 |     - writeFile: { path: /etc/x, content: '', mode: 0644 }
   |                                                     ^~~~
   hint: YAML reads 0644 as the number 644: write '0644'
`,
  },
  {
    what: 'a file of this machine that is not there',
    tasks: '- writeFile: { path: /etc/x, src: files/none }\n',
    shows: `site.yml:4:39: error[unreadable-file]: cannot read files/none: there is no such file
 4 |     - writeFile: { path: /etc/x, src: files/none }
   |                                       ^~~~~~~~~~
   hint: 'src' is relative to the directory of site.yml
`,
  },
  {
    what: 'a file of this machine that a host would choose',
    tasks: `- run: { command: cat name, always: true }\n  register: r\n- writeFile: { path: /etc/x, src: '{{ r.stdout }}' }\n`,
    shows: `site.yml:6:43: error[host-names-file]: 'src' is a file on this machine, and 'r' holds what a host reported
 6 |     - writeFile: { path: /etc/x, src: '{{ r.stdout }}' }
   |                                           ^~~~~~~~
   hint: choose the file by your own variables; 'when' can use what the host reported
`,
  },
  {
    what: 'an unknown variable',
    tasks: `- writeFile: { path: '{{ sokcet }}', content: '' }\n`,
    shows: `site.yml:4:30: error[unknown-variable]: there is no variable 'sokcet'
 4 |     - writeFile: { path: '{{ sokcet }}', content: '' }
   |                              ^~~~~~
   hint: did you mean 'socket'?
`,
  },
  {
    what: 'an unknown group',
    files: { 'site.yml': '- hosts: compute:!contrl\n  tasks: []\n' },
    shows: `site.yml:1:19: error[unknown-host]: no host or group is called 'contrl'
 1 | - hosts: compute:!contrl
   |                   ^~~~~~
`,
  },
  {
    what: 'an unknown tag',
    tasks: '- run: { command: ls, always: true }\n  tags: [verify]\n',
    argv: ['--tags', 'verfy'],
    shows: `--tags:1:1: error[unknown-tag]: no task has the tag 'verfy'
 1 | verfy
   | ^~~~~
   hint: did you mean 'verify'?`,
  },
  {
    what: 'a cycle of groups',
    hosts: '[a]\ncrane02 HERE\n[a:children]\nb\n[b:children]\na\n',
    shows: `hosts:6:1: error[group-cycle]: the group 'a' contains itself: a > b > a
 6 | a
   | ^
`,
  },
  {
    what: 'a host that is listed twice',
    hosts: '[compute]\ncrane02 HERE\ncrane[02-03]\n',
    shows: `hosts:3:1: error[duplicate-host]: crane02 is listed twice in the group compute
 3 | crane[02-03]
   | ^~~~~~~~~~~~
   hint: keep one of them: the first is at hosts:2
`,
  },
  {
    what: 'tabs in YAML',
    files: { 'site.yml': '- hosts: all\n\ttasks: []\n' },
    shows: `site.yml:2:1: error[tab-indentation]: YAML is indented with spaces; this line starts with a tab
 2 |     tasks: []
   | ^~~~
   hint: replace the tab with spaces
`,
  },
  {
    what: 'a key given twice in a playbook',
    files: { 'site.yml': '- hosts: all\n  tasks: []\n  hosts: compute\n' },
    shows: `site.yml:3:3: error[duplicate-key]: 'hosts' is set twice in one map
 3 |   hosts: compute
   |   ^~~~~
   hint: keep one of the two: the first is on line 1
`,
  },
  {
    what: 'a key given twice in a file of variables',
    files: { 'group_vars/compute.yml': 'port: 1\nport: 2\n' },
    shows: `group_vars/compute.yml:2:1: error[duplicate-key]: 'port' is set twice in one map
 2 | port: 2
   | ^~~~
   hint: keep one of the two: the first is on line 1
`,
  },
  {
    what: 'an input that nobody declared',
    files: { 'site.yml': 'inputs:\n  port: { type: integer, default: 1 }\nplays:\n  - hosts: all\n    tasks: []\n' },
    argv: ['-e', 'prot=2'],
    shows: `-e:1:1: error[unknown-input]: the playbook has no input 'prot'
 1 | prot=2
   | ^~~~~~
   hint: did you mean 'port'?
`,
  },
  {
    what: 'a limit that names nobody',
    argv: ['--limit', 'crane04'],
    shows: `--limit:1:1: error[unknown-host]: no host or group is called 'crane04'
 1 | crane04
   | ^~~~~~~
`,
  },
  {
    what: 'no host matched',
    argv: ['--limit', 'compute:!crane[02-03]'],
    shows: '--limit:1:1: error[',
  },
]

it.each(CASES)('$what', async ({ tasks = OK, hosts, files = {}, argv = [], shows }) => {
  site.play(tasks).write({ hosts: hosts?.replaceAll('HERE', address) ?? HOSTS(), ...files })
  const { status, out, err } = await site.run(argv)
  expect(err.replaceAll(address, 'HERE')).toContain(shows)
  expect(err).toMatch(/\n1 error; no host was touched\n$/)
  expect([status, out]).toEqual([1, ''])
  expect(connections).toBe(0)
})

describe('several mistakes in several files', () => {
  it('are all shown at once, sorted by place', async () => {
    site.write({
      hosts: HOSTS(),
      'site.yml': `- hosts: compute
  vars_files: [vars.yml]
  tasks:
    - import_tasks: more.yml
    - writeFile: { path: x, content: 5 }
      when: sokcet == '/'
`,
      'more.yml': '- ensureServce: { name: x }\n- run: { command: ls }\n',
      'vars.yml': 'one: 1\none: 2\n',
    })
    const { status, out, err } = await site.run(['--tags', 'none', '-e', 'unread=1'])
    const places = [...err.matchAll(/^(\S+: error\[[\w-]+\])/gm)].map(([, place]) => place)
    expect(new Set(places)).toEqual(
      new Set([
        '--tags:1:1: error[unknown-tag]',
        'vars.yml:2:1: error[duplicate-key]',
        'more.yml:1:3: error[unknown-task-type]',
        'more.yml:2:3: error[bad-parameter]',
        'site.yml:5:26: error[bad-parameter]',
        'site.yml:5:38: error[wrong-type]',
        'site.yml:6:13: error[unknown-variable]',
        '-e:1:1: error[unused-extra-var]',
      ]),
    )
    expect(err).toMatch(/\n8 errors; no host was touched\n$/)
    expect([status, out, connections]).toEqual([1, '', 0])
  })

  it('those of the inventory do not hide those of the playbook', async () => {
    site.play('- ensureServce: { name: x }\n').write({ hosts: `${HOSTS()}[compute]\ncrane02\n` })
    const { status, err } = await site.run()
    expect(err).toContain('hosts:7:1: error[duplicate-host]')
    expect(err).toContain('site.yml:4:7: error[unknown-task-type]')
    expect(err).toContain('\n2 errors in 2 files; no host was touched\n')
    expect([status, connections]).toEqual([1, 0])
  })
})

it.each([
  [['site.yml'], 'error[no-inventory]: no inventory given\n'],
  [['nosuch.yml', '-i', 'nodes'], "there is no playbook 'nosuch.yml'\n"],
  [['site.yml', '-i', 'nosuch'], 'nosuch'],
  [['site.yml', '-i', 'nodes', '--frobnicate'], "unknown option '--frobnicate'\n"],
  [['site.yml', '-i', 'nodes', '--become-password-file', 'open'], 'the password file open is readable by others\n'],
])('%j: 1, and one message', async (argv, says) => {
  site.play(OK).write({ nodes: HOSTS(), open: 'secret\n' })
  const { status, out, err } = await site.say(argv)
  expect(err).toContain(says)
  expect(err).not.toMatch(/secret|^\s+at /m)
  expect([status, out, connections]).toEqual([1, '', 0])
})

it('--syntax-check, --list-hosts and --list-tasks try no connection either: 0', async () => {
  site.play(OK).write({ hosts: HOSTS() })
  for (const option of ['--syntax-check', '--list-hosts', '--list-tasks']) {
    expect(await site.run([option])).toMatchObject({ status: 0, err: '' })
  }
  expect(connections).toBe(0)
})
