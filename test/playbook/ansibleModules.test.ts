// Modules of Ansible: each names what says the same here, with the user's own values, and what it names is right there.
import { expect, test } from 'vitest'
import { ANSIBLE_MODULES } from '../../src/playbook/parse/ansibleModules.ts'
import { leavesOf } from '../../src/model/playTree.ts'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { loadTaskTypes } from '../../src/run/loadTaskTypes.ts'
import { catalogue as small, mistakesIn, play, told, valid } from './world.ts'

const loadedFacts = await loadFacts()
const loaded = await loadTaskTypes([])
const catalogue = loaded.ok ? loaded.value : small
const files = { 'a.j2': 'a\n', 'motd.j2': 'a\n', a: 'a\n', '/x': 'a\n', 'site.asc': 'a\n', 'site/a': 'a\n' }
const found = (task: string) => mistakesIn({ ...files, 'site.yml': play(`- ${task}`) }, { catalogue })
const hintOf = (task: string) => found(task).find(({ code }) => code === 'ansible-module')?.hint
const codeIn = (hint: string | undefined) => /^use `(.*?)`(;|$)/.exec(hint ?? '')?.[1]

const HABITS: readonly (readonly [task: string, code: string])[] = [
  ['apt: { name: htop, state: present, update_cache: yes }', 'installPackage: { name: htop, state: present }'],
  ['dnf: { name: [htop, vim], state: latest }', 'installPackage: { name: [htop, vim], state: latest }'],
  ['ansible.builtin.package: name=htop state=absent', 'installPackage: { name: htop, state: absent }'],
  ['yum: { name: "{{ partition }}" }', "installPackage: { name: '{{ partition }}' }"],
  [
    'file: path=/srv/{{ partition }} state=directory mode=0755',
    "ensureDirectory: { path: '/srv/{{ partition }}', mode: '0755' }",
  ],
  ['yum: { name: "{{ nothing }}" }', 'installPackage: { name: htop }'],
  [
    'service: { name: munge, state: started, enabled: yes }',
    'ensureService: { name: munge, running: true, enabled: true }',
  ],
  ['systemd: { name: munge, state: restarted, daemon_reload: yes }', 'restartService: munge'],
  ['systemd: { name: munge, enabled: no }', 'ensureService: { name: munge, enabled: false }'],
  ['template: { src: a.j2, dest: /etc/a, mode: 0644 }', "writeFile: { path: /etc/a, template: a.j2, mode: '0644' }"],
  ['copy: { src: a, dest: /etc/a, owner: root }', 'writeFile: { path: /etc/a, src: a, owner: root }'],
  ['copy: { content: "x\\n", dest: /etc/a }', 'writeFile: { path: /etc/a, content: "x\\n" }'],
  ['file: { path: /srv/a, state: absent }', 'removePath: { path: /srv/a }'],
  ['file: { src: /b, dest: /a, state: link }', 'ensureLink: { path: /a, target: /b }'],
  ['file: { path: /a, state: directory, mode: "0755" }', "ensureDirectory: { path: /a, mode: '0755' }"],
  ['file: { path: /a, state: touch }', "run: { command: 'touch /a', creates: /a }"],
  ['command: uptime', 'run: { command: uptime, always: true }'],
  ["shell: echo 'a' > /b", "run: { command: 'echo ''a'' > /b', always: true }"],
  ['command: { cmd: make, creates: /a, chdir: /b }', 'run: { command: make, creates: /a, chdir: /b }'],
  ['shell: make creates=/a', 'run: { command: make, creates: /a }'],
  ['command: uptime\n  changed_when: false', 'run: uptime'],
  // What the command is made of is not known yet, and says all the same that it is not due.
  ['command: mkdir {{ partition }}', "run: { command: 'mkdir {{ partition.quote() }}', always: true }"],
  [
    'shell: \'echo "{{ partition }}" {{ partition + "x" }} {{ port }}\'',
    'run: { command: \'echo "{{ partition }}" {{ (partition + "x").quote() }} {{ port }}\', always: true }',
  ],
  ['command: ls {{ partition }}\n  changed_when: false', "run: 'ls {{ partition.quote() }}'"],
  [
    'pip: name={{ partition }}',
    "run: { command: 'pip install {{ partition.quote() }}', unless: 'pip show {{ partition.quote() }}' }",
  ],
  ['set_fact: { rack: 1, cacheable: true }', 'setVars: { rack: 1 }'],
  ['set_fact: rack="{{ partition }}" slots=3', "setVars: { rack: '{{ partition }}', slots: 3 }"],
  ['wait_for: port=22', 'waitFor: { port: 22 }'],
  ['meta: end_batch', 'endHost: {}'],
  ['set_fact: { rack: "{{ partition }}" }', "setVars: { rack: '{{ partition }}' }"],
  ['debug: { msg: "on {{ partition }}" }', "print: 'on {{ partition }}'"],
  ['debug: var=port', "print: '{{ port }}'"],
  ['meta: flush_handlers', 'flushHandlers: {}'],
  ['meta: end_host', 'endHost: {}'],
  ['git: { repo: "https://h/x.git", dest: /x }', "run: { command: 'git clone https://h/x.git /x', creates: /x }"],
  [
    'timezone: { name: UTC }',
    "run: { command: 'timedatectl set-timezone UTC', unless: 'test $(timedatectl show -P Timezone) = UTC' }",
  ],
  [
    'ansible.posix.mount: { path: /s, src: x, state: mounted }',
    "run: { command: 'mount /s', unless: 'mountpoint -q /s' }",
  ],
  ['uri: { url: "http://h/" }', "run: { command: 'curl -fsS http://h/', readOnly: true }"],
  ['user: name=bob uid=1000', "run: { command: 'useradd -m -u 1000 bob', unless: 'id bob' }"],
  ['group: { name: g, gid: 1000 }', "run: { command: 'groupadd -g 1000 g', unless: 'getent group g' }"],
  ['user: { name: bob, state: absent }', "run: { command: 'userdel bob', unless: '! id bob' }"],
  ['wait_for: { port: 22, host: crane01 }', 'waitFor: { port: 22, host: crane01 }'],
  ['wait_for: { path: /x }', 'waitFor: { path: /x }'],
  ['firewalld: { port: 80/tcp, permanent: true }', 'openFirewall: { ports: [10350], sources: [10.0.0.0/16] }'],
  ['slurp: { src: /a }', 'readFile: { path: /a }'],
  ['synchronize: { src: site, dest: /srv/a, delete: true }', 'copyTree: { src: site, path: /srv/a, delete: true }'],
]

test.each([
  ['user: { name: bob, shell: /bin/zsh, groups: [wheel] }', 'it leaves out shell, groups'],
  ['service: { name: munge, state: restarted, enabled: yes }', 'it leaves out enabled'],
  ['apt: { name: htop, state: present, update_cache: yes }', undefined],
  ['copy: { src: a, dest: /etc/a, owner: root, mode: 0644 }', undefined],
  ['set_fact: { rack: "{{ partition }}", other: 1 }', undefined],
  ['set_fact: { rack: 1, cacheable: true }', 'it leaves out cacheable'],
])('of %s nothing is lost without a word', (task, says) => {
  expect(/it leaves out [^;]*/.exec(hintOf(task) ?? '')?.[0]).toBe(says)
})

test.each(HABITS)('%s', (task, code) => {
  const hint = hintOf(task)
  expect(codeIn(hint)).toBe(code)
  const [, ...others] = task.split('\n')
  expect(told(found([code, ...others].join('\n')))).toEqual([])
})

const NAMESAKES: readonly (readonly [task: string, code: string])[] = [
  ['fail: msg="not {{ partition }}"', "fail: 'not {{ partition }}'"],
  ['pause: prompt="Go on?"', "pause: { prompt: 'Go on?' }"],
  ['pause: seconds=3', 'pause: { seconds: 3 }'],
  ['assert: that=partition', 'assert: { that: facts.cpu.count == 8 }'],
]

test.each(NAMESAKES)('%s, of a type that is called as its module', (task, code) => {
  const facts = { catalogue, facts: loadedFacts }
  const [first, ...more] = mistakesIn(play(`- ${task}`), facts)
  expect(told([first].flatMap((one) => one ?? []))[0]).toContain("=' is how Ansible writes a parameter; use `")
  expect(codeIn(first?.hint)).toBe(code)
  expect(more).toEqual([])
  expect(told(mistakesIn(play(`- ${code}`), facts))).toEqual([])
})

test.each([
  ['pause: minutes=2', 'write `pause: { seconds: 60 }` for a minute'],
  ['pause: { minutes: 2 }', "did you mean 'seconds'? its parameters are seconds, prompt"],
  ['pause: {}', "write `pause: { prompt: 'Continue?' }`"],
  [
    'meta: clear_host_errors',
    "a host that failed or was lost stays out: use 'rescue', 'ignore_errors' or 'ignore_unreachable' where it fails",
  ],
])('%s', (task, hint) => {
  expect(found(task).map((one) => one.hint)).toEqual([hint])
})

test('a message may hold an equals sign', () => {
  expect(told(found('fail: "x=1 is too small, msg=2"'))).toEqual([])
})

test('nested loops: what the hint says gives each pair', () => {
  const [hint] = mistakesIn(play('- print: x\n  with_nested: [[1, 2], [a, b]]')).map((one) => one.hint)
  const list = /^write loop: "\{\{ (.*) \}\}" with/.exec(hint ?? '')?.[1] ?? ''
  const pairs = { a: [1, 2], b: ['a', 'b'] }
  const text = play(`- print: "{{ item.x }}{{ item.y }}"\n  vars: ${JSON.stringify(pairs)}\n  loop: "{{ ${list} }}"`)
  const [task] = leavesOf(valid(text).plays[0]?.tasks ?? [])
  const items = task?.loop?.items.evaluate(pairs)
  expect(items).toEqual({ ok: true, value: [1, 2].flatMap((x) => ['a', 'b'].map((y) => ({ x, y }))) })
})

/** What the ways of a module depend on. */
const given = (module: string): readonly string[] => {
  const wheres = (ANSIBLE_MODULES[module] ?? []).flatMap((way) =>
    typeof way === 'string' || way.where === undefined ? [] : [way.where],
  )
  return ['{}', 'x', '{ name: x, path: /x, src: /x, dest: /x, port: 22, msg: x }', ...wheres.map((one) => asMap(one))]
}
const asMap = (where: string) => {
  const [name, value = 'x'] = where.split('=')
  return name === 'free' ? value : `{ ${name}: ${value} }`
}

test.each(Object.keys(ANSIBLE_MODULES))('each way to say %s is right', (module) => {
  for (const params of given(module)) {
    const hint = hintOf(`${module}: ${params}`)
    expect(hint).toBeDefined()
    const code = codeIn(hint)
    if (code !== undefined) expect(told(found(code))).toEqual([])
    else expect(hint).not.toContain('`')
  }
})

test('a task type that does not exist is not proposed', () => {
  const bare = mistakesIn(play('- file: { path: /a, state: absent }'))
  expect(told(bare)[0]).toMatch(/^3:7 unknown-task-type there is no task type 'file'; the task types are assert,/)
})

test('the item of a loop in the manner of Ansible is known', () => {
  const task = 'apt: { name: "{{ item }}", update_cache: yes }\n  with_items: [htop, vim]'
  expect(hintOf(task)).toBe("use `installPackage: { name: '{{ item }}' }`")
  expect(told(found(task)).length).toBe(2)
})
