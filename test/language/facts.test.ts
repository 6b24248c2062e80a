// Facts in expressions: what they are called, their types, their keys, and where they cannot be read.
import { describe, expect, test } from 'vitest'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { inventoryOf, mistakesIn, play, told, valid } from '../playbook/world.ts'

const facts = await loadFacts()

/** As `when` of a task, whose expression begins in column 14 of line 4. */
const toldOf = (expression: string, head = '') =>
  told(mistakesIn(play(`- run: id\n  when: ${JSON.stringify(expression)}\n`, head), { facts }))

test.each([
  "facts.os.family == 'debian'",
  "facts.service['sshd'].active == 'active'",
  'facts.service.sshd.exists',
  'facts.service[inventory_hostname].enabled',
  "['a', 'b'].all(unit, facts.service[unit].exists)",
  "facts['os']['family'] == 'debian'",
  'facts.memory.total > 4 * 1073741824',
  'facts.memory.total / 2.0 > 1.5',
  'size(facts.gpus) > 0',
  "facts.gpus.exists(gpu, gpu.vendor == '10de')",
  "'/scratch' in facts.mounts",
  "facts.mounts[?'/scratch'].type.orValue('') == 'xfs'",
  "facts.mounts.exists(path, path.startsWith('/nfs'))",
  "facts.file['/etc/x'].mode == '0644'",
  "facts.package['containerd'].version.startsWith('1.7')",
  "version(facts.os.version) >= '22.04'",
  "ip(facts.addresses.default).inNetwork('10.0.0.0/8')",
  'facts.cgroups == 2 && facts.cpu.count in [1, 2]',
  // Another name than the usual ones, a string that is only known later, and an item of the same name as a fact.
  "facts.os.family in ['debian', 'void']",
  "facts.selinux == (facts.cgroups == 2 ? 'on' : 'off')",
  "['on'].exists(facts, facts == 'x')",
])('%s', (expression) => {
  expect(toldOf(expression)).toEqual([])
})

test.each<[string, string]>([
  ["facts.os.famly == 'x'", "4:23 unknown-field 'facts.os' (the fact os) has no field 'famly'; did you mean 'family'?"],
  ["facts.oss.family == 'x'", "4:20 unknown-fact there is no fact 'oss'; did you mean 'os'?"],
  [
    "facts.gpus.exists(g, g.vendr == 'x')",
    "4:37 unknown-field 'g' (the item of fact gpus) has no field 'vendr'; did you mean 'vendor'?",
  ],
  [
    "facts.mounts['/x'].typ == 'xfs'",
    "4:33 unknown-field 'facts.mounts['/x']' (the entry of fact mounts) has no field 'typ'; did you mean 'type'?",
  ],
  [
    "facts.memory.total > '5'",
    "4:14 type-mismatch '>' does not work between an integer and a string; write facts.memory.total > 5",
  ],
  ['facts.kernel', "4:14 type-mismatch 'when' must be true or false, not a string; write facts.kernel != ''"],
  ['facts == 1', "4:14 bad-fact 'facts' has no value of its own; name the fact, such as facts.hostname"],
  ["facts[inventory_hostname] == 'x'", '4:14 bad-fact the name of a fact must be written out; such as facts.hostname'],
  ['size(facts.service) > 1', "4:19 bad-fact the fact 'service' needs the name of a unit; write facts.service['…']"],
  ["facts.file['etc/x'].exists", "4:25 bad-fact the key of 'facts.file' must be an absolute path, not 'etc/x'"],
  ['facts.service[3].exists', "4:28 bad-fact the key of 'facts.service' must be the name of a unit, not '3'"],
  [
    "hostvars['crane02'].facts.os.id == ''",
    "4:34 no-such-field 'hostvars['crane02']' has no facts; set a variable from the fact on that host with setVars, and read the variable",
  ],
  [
    "hostvars[play_hosts[0]].ansible_os_family == ''",
    "4:38 no-such-field 'hostvars[play_hosts[0]]' has no facts; set a variable from the fact on that host with setVars, and read the variable",
  ],
  [
    "hostvars['crane02'].ansible_os_family == ''",
    "4:34 no-such-field 'hostvars['crane02']' has no facts; set a variable from the fact on that host with setVars, and read the variable",
  ],
  [
    "facts.os.family == 'RedHat'",
    "4:33 never-equal 'facts.os.family' is never 'RedHat'; write facts.os.family == 'redhat'",
  ],
  [
    "facts.os.family != 'rhel'",
    "4:33 never-equal 'facts.os.family' is never 'rhel'; write one such as debian, redhat, suse, arch, alpine, gentoo",
  ],
  ["'Rocky' == facts.os.id", "4:14 never-equal 'facts.os.id' is never 'Rocky'; write 'rocky' == facts.os.id"],
  [
    "facts.os.id in ['rocky', 'AlmaLinux']",
    "4:39 never-equal 'facts.os.id' is never 'AlmaLinux'; write facts.os.id in ['rocky', 'almalinux']",
  ],
  [
    "{'debian': true, 'RedHat': false}[facts.os.family]",
    "4:31 never-equal 'facts.os.family' is never 'RedHat'; write {'debian': true, 'redhat': false}[facts.os.family]",
  ],
  [
    "facts.packageManager == 'yum'",
    "4:38 never-equal 'facts.packageManager' is never 'yum'; write facts.packageManager == 'dnf'",
  ],
  [
    "facts.service.sshd.active == 'running'",
    "4:43 never-equal 'facts.service.sshd.active' is never 'running'; write one such as active, inactive, failed, activating, deactivating, reloading",
  ],
  [
    "facts.architecture == 'amd64'",
    "4:36 never-equal 'facts.architecture' is never 'amd64'; write one such as x86_64, aarch64, ppc64le, riscv64",
  ],
  [
    "facts['selinux'] == 'enforced'",
    "4:34 never-equal 'facts['selinux']' is never 'enforced'; write facts['selinux'] == 'enforcing'",
  ],
  [
    "facts.file['/x'].type == 'dir'",
    "4:39 never-equal 'facts.file['/x'].type' is never 'dir'; choose from absent, denied, dangling-link, file, directory, socket, other",
  ],
])('%s is refused', (expression, expected) => {
  expect(toldOf(expression)).toEqual([expected])
})

/** What Ansible calls them, and what the hint says to write. */
const ANSIBLE: readonly (readonly [string, string])[] = [
  ["ansible_os_family == 'RedHat'", "facts.os.family == 'redhat'"],
  ["'RedHat' == ansible_os_family", "'redhat' == facts.os.family"],
  ["ansible_facts['os_family'] != 'Debian'", "facts.os.family != 'debian'"],
  ["ansible_facts.distribution in ['CentOS', 'Rocky']", "facts.os.id in ['centos', 'rocky']"],
  ["ansible_distribution not in ['Ubuntu']", "!(facts.os.id in ['ubuntu'])"],
  ['ansible_distribution_major_version | int >= 8', "int(facts.os.version.split('.')[0]) >= 8"],
  ["ansible_distribution_version is version('22.04', '>=')", "version(facts.os.version) >= '22.04'"],
  ['ansible_memtotal_mb > 4096', 'facts.memory.total / 1048576 > 4096'],
  ['ansible_memtotal_mb * 2 > 4096', 'facts.memory.total / 1048576 * 2 > 4096'],
  ['ansible_processor_vcpus | int > 4', 'int(facts.cpu.count) > 4'],
  ["ansible_default_ipv4.address == 'x'", "facts.addresses.default == 'x'"],
  ["ansible_facts['default_ipv4']['address'] == 'x'", "facts.addresses.default == 'x'"],
  [
    "ansible_service_mgr == 'systemd' and ansible_selinux.mode == 'enforcing'",
    "facts.serviceManager == 'systemd' && facts.selinux == 'enforcing'",
  ],
  ["'containerd' in ansible_facts.packages", "facts.package['containerd'].installed"],
  ["'sshd.service' not in ansible_facts.services", "!facts.service['sshd.service'].exists"],
  ["ansible_pkg_mgr == 'yum'", "facts.packageManager == 'dnf'"],
  ['ansible_hostname in groups.compute', 'facts.hostname in groups.compute'],
  ['ansible_default_ipv4.address is defined', "facts.addresses.default != ''"],
  ["ansible_distribution_release | default('x') == 'x'", "(facts.os.codename != '' ? facts.os.codename : 'x') == 'x'"],
  ["ansible_facts.packages['containerd'] is defined", "facts.package['containerd'].installed"],
  ["ansible_facts.services['sshd.service'] is not defined", "!facts.service['sshd.service'].exists"],
]

test.each(ANSIBLE)('%s: the hint is %s', (expression, cel) => {
  expect(toldOf(expression).map((line) => line.split('; write ').at(-1))).toEqual([cel])
  expect(toldOf(cel)).toEqual([])
})

test.each([
  'ansible_facts.x == 1',
  'ansible_default_ipv4 is defined',
  'ansible_cmdline is defined',
  'ansible_processor_cores > 2',
  "ansible_date_time.iso8601 == ''",
])('%s has no counterpart', (expression) => {
  expect(toldOf(expression).join()).toContain('docs/facts.md lists the facts that there are')
})

describe('in variables', () => {
  const compute = (tasks: string, vars: string) => `- hosts: compute\n  vars:\n    ${vars}\n  tasks:\n    ${tasks}\n`

  test('the type of a fact is that of the variable', () => {
    const text = compute('- run: id\n      when: web', 'web: "{{ facts.kernel }}"')
    expect(told(mistakesIn(text, { facts }))).toEqual([
      "6:13 type-mismatch 'when' must be true or false, not a string; write web != ''",
    ])
  })

  test('what is known of a string stays known of a variable for it', () => {
    const text = compute("- run: id\n      when: family == 'Debian'", 'family: "{{ facts.os.family }}"')
    expect(told(mistakesIn(text, { facts }))).toEqual([
      "6:23 never-equal 'family' is never 'Debian'; write family == 'debian'",
    ])
  })

  test('a variable that follows from facts cannot be read of another host', () => {
    const text = compute("- run: id\n      when: hostvars['crane02'].web == ''", 'web: "{{ facts.kernel }}"')
    expect(told(mistakesIn(text, { facts })).join('\n')).toContain("'hostvars['crane02']' has no 'web'")
  })

  test.each<[string, string]>([
    [
      '- hosts: all\n  vars: { facts: x }\n  tasks: []\n',
      "2:11 bad-variable-name 'facts' is set by crane-play for each host; choose another name",
    ],
    [
      '- hosts: all\n  tasks:\n    - run: id\n      register: facts\n',
      "4:17 bad-variable-name 'facts' is set by crane-play for each host; choose another name",
    ],
  ])('the name is taken: %j', (text, expected) => {
    expect(told(mistakesIn(text, { facts }))).toEqual([expected])
  })

  test('an inventory may have the name, and is told that it is hidden where it matters', () => {
    const inventory = inventoryOf({ crane01: { facts: 'mine' }, crane02: {} })
    const reads = play("- run: id\n  when: facts.os.id == 'x'\n")
    expect(told(mistakesIn(reads, { facts, inventory }))).toEqual([
      "hidden-variable the variable 'facts' is hidden by the facts of the host on crane01; rename the variable",
    ])
    expect(told(mistakesIn(play('- run: id\n'), { facts, inventory }))).toEqual([])
  })
})

test.each<[string, string]>([
  ['rack', "there is no variable 'rack'"],
  ['web', 'batches are made before facts are known; use a variable of the inventory'],
  ['facts', 'batches are made before facts are known; use a variable of the inventory'],
])('serial by %s is refused', (name, expected) => {
  const text = `- hosts: all\n  serial: { by: ${name} }\n  vars: { web: "{{ facts.kernel }}" }\n  tasks: []\n`
  expect(told(mistakesIn(text, { facts })).join()).toContain(expected)
})

test('what a host reports chooses no file of this machine', () => {
  const text = play('- writeFile: { path: /x, src: "{{ facts.hostname }}" }\n')
  expect(told(mistakesIn(text, { facts })).join()).toContain("'facts' holds what a host reported")
})

test('the facts that are written out are known before the run', () => {
  const { plays } = valid(
    play(
      "- run: echo {{ facts.service['a'].active }}\n  when: facts.os.id == 'x' || facts.service[inventory_hostname].exists\n",
    ),
    { facts },
  )
  const [task] = plays[0]?.tasks ?? []
  expect(task && 'when' in task && [task.when[0]?.facts, task.params.facts]).toEqual([
    [{ name: 'os', key: '' }],
    [{ name: 'service', key: 'a' }],
  ])
})
