// What Ansible users' hands type, row by row: what is tried, and what is said or done.

export interface HabitCase {
  /** The row's input, as it was found in the trial. */
  readonly row: string
  /** A playbook, or its tasks; or a whole command line. */
  readonly tasks?: string
  readonly head?: string
  readonly argv?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  /** More options of the run. */
  readonly more?: readonly string[]
  /** A part of what is said: hints and warnings on stderr, what tasks print on stdout. */
  readonly says: string
  /** Run for real, on this machine; else only checked. */
  readonly runs?: true
}

const UP = '- run: { command: echo active, readOnly: true }\n  register: r\n'
const FAILED = '- run: { command: "echo out; exit 3", readOnly: true }\n  register: r\n  ignore_errors: true\n'

const runs = (row: string, tasks: string, says: string, more: Partial<HabitCase> = {}): HabitCase => ({
  row,
  tasks,
  says,
  runs: true,
  ...more,
})
const checked = (row: string, tasks: string, says: string, more: Partial<HabitCase> = {}): HabitCase => ({
  row,
  tasks,
  says,
  ...more,
})
const when = (row: string, condition: string, says: string): HabitCase =>
  checked(row, `${UP}- print: x\n  when: ${condition}`, says)
const print = (row: string, expression: string, says: string): HabitCase =>
  checked(row, `${UP}- print: "{{ ${expression} }}"`, says)
const typed = (row: string, argv: readonly string[], says: string): HabitCase => ({ row, argv, says })

export const SILENTLY_DIFFERENT: readonly HabitCase[] = [
  runs("`run: echo active`, then `r.stdout == 'active'`", `${UP}- print: it is\n  when: r.stdout == 'active'`, 'it is'),
  runs(
    '`-e v=extra` with `vars: {v: …}` on a task or an import',
    '- print: "v is {{ v }}"\n  vars: { v: own }',
    'v is extra',
    { more: ['-e', 'v=extra'] },
  ),
  runs(
    'a failed `run` with `ignore_errors`, then `r.stdout`, `r.exitStatus`',
    `${FAILED}- print: "{{ r.stdout }} {{ r.exitStatus }}"`,
    'out 3',
  ),
  runs('`play_hosts` under `serial` or after a failure', '- print: "now {{ play_hosts.join(\'+\') }}"', 'now here\n', {
    head: '  serial: 1\n',
  }),
  runs('settings in `ansible.cfg` or `ANSIBLE_*`', '- print: x', 'ansible.cfg is not read', {
    files: { 'ansible.cfg': '[defaults]\nremote_user = root\n' },
  }),
  checked('`{# note #}`, `{% filter %}` in a text', '- print: "a {# note #}"', '{# … #}'),
  print("`x is match('a')`", "r.stdout is match('a') ? 1 : 2", "r.stdout.matches('^a')"),
  print("`x \\| default('y', true)`", "r.stdout | default('y', true)", "r.stdout != ''"),
  runs('`{{ 7 / 2 }}`', '- print: "{{ 7 / 2 }}"', '3'),
  checked(
    '`writeFile: {src: motd.j2}`',
    '- writeFile: { path: /etc/motd, src: motd.j2 }',
    "to render it, write 'template: motd.j2'",
    { files: { 'motd.j2': 'x\n' } },
  ),
  checked('`x: no`, `m: 0644` in play `vars`', '- print: "{{ x }}{{ m }}"', "write false, or 'no' in quotes", {
    head: '  vars: { x: no, m: 0644 }\n',
  }),
  runs(
    'a loop over `[]`, then `r.results`',
    '- print: "{{ item }}"\n  loop: []\n  register: l\n- print: "{{ size(l.results) }} items"',
    '0 items',
  ),
  runs('`{{ }}` in group_vars, host_vars, role defaults', '- print: "{{ greeting }}"', 'hello here', {
    files: { 'group_vars/all.yml': 'greeting: "hello {{ inventory_hostname }}"\n' },
  }),
]

export const UNHELPFUL: readonly HabitCase[] = [
  when("`'x' in r.stdout` (228 of 4,797 public `when` lines)", `"'x' in r.stdout"`, "write r.stdout.contains('x')"),
  when('`r.stdout_lines`, and its `\\| length`', 'r.stdout_lines | length > 0', 'write size(r.stdoutLines) > 0'),
  when(
    "`foo is defined`, `foo \\| default('x')` where nothing sets foo (default is the commonest filter)",
    'foo is defined',
    'inputs: { foo: { type:',
  ),
  checked('`hosts: "{{ target \\| default(\'all\') }}"`', '', 'inputs', {
    files: { 'site.yml': '- hosts: "{{ target | default(\'all\') }}"\n  tasks: [{ print: x }]\n' },
  }),
  when(
    "`groups['x'] is defined`; `groups['x'] \\| default([]) \\| length`",
    "groups['x'] is defined",
    "write 'x' in groups",
  ),
  when(
    '`not x in l`, `not a == b`',
    'not inventory_hostname in group_names',
    'write !(inventory_hostname in group_names)',
  ),
  print(
    '`flag \\| lower`, `default(omit)`, `is version(…)`, `ternary`, `replace`, `select`, `dict2items`, `to_json`, `combine`, `unique`, `regex_replace`, `quote`',
    'r.stdout | lower',
    'write r.stdout.lower()',
  ),
  print(
    '`ansible_selinux`, `ansible_local`, `ansible_eth0`, `hostvars[x].ansible_…`, `inventory_dir`, `role_path`',
    'ansible_eth0.ipv4.address',
    'docs/facts.md',
  ),
  runs('`changed_when:` on `run`', '- run: { command: echo x, readOnly: true }\n  changed_when: false', 'ok'),
  runs(
    '`ansible.builtin.import_tasks`, `include_tasks`, `import_playbook`; `import_tasks: {file: …}`',
    '- ansible.builtin.import_tasks: { file: more.yml }',
    'imported',
    { files: { 'more.yml': '- print: imported\n' } },
  ),
  checked('`hosts: gpu` where the group exists and is empty', '', "no host matches 'gpu': the play is skipped", {
    files: { 'site.yml': '- hosts: gpu\n  tasks: [{ print: x }]\n' },
  }),
  runs("`vars_files: ['{{ os }}.yml']`, `include_tasks: '{{ os }}.yml'`", "- include_tasks: '{{ os }}.yml'", 'chosen', {
    head: '  vars: { os: debian }\n',
    files: { 'debian.yml': '- print: chosen\n' },
  }),
  checked('`with_dict`, `with_fileglob`, `with_nested`…', '- print: "{{ item }}"\n  with_dict: { a: 1 }', 'loop'),
  checked(
    'git, mount, pause, fetch, hostname, authorized_key, pip, uri, firewalld… as modules',
    '- git: { repo: https://h/x.git, dest: /x }',
    'git clone https://h/x.git /x',
  ),
  checked('`debug`', '- debug: { msg: hello }', 'use `print: hello`'),
  checked(
    '`file: state: absent`, `state: link`, `state: touch`',
    '- file: { path: /srv/a, state: absent }',
    'removePath: { path: /srv/a }',
  ),
  checked("`installPackage: /tmp/x.rpm`, `'@group'`", "- installPackage: '@core'", "dnf -y group install 'core'"),
  runs(
    '`run: {executable: /bin/bash}`',
    '- run: { command: "echo $BASH_VERSION", executable: /bin/bash, readOnly: true }\n  register: b\n- print: "bash {{ size(b.stdout) > 0 }}"',
    'bash true',
  ),
  typed(
    '`all -m ping`, `-a`, `inventory --list`, `--graph`, `--host`, `vault encrypt`, `doc`, `galaxy`',
    ['all', '-m', 'ping'],
    '`crane-play facts PATTERN`',
  ),
  checked(
    '`!unsafe`, `environment:` as a list, `strategy: linear`, `plugin:` inventory, `--become-pass-file`, `{% with %}`',
    '- print: "{% with a = 1 %}x{% endwith %}"',
    "the task's 'vars'",
  ),
]

const FILTERS =
  '`flag \\| lower`, `default(omit)`, `is version(…)`, `ternary`, `replace`, `select`, `dict2items`, `to_json`, `combine`, `unique`, `regex_replace`, `quote`'
const NAMES =
  '`ansible_selinux`, `ansible_local`, `ansible_eth0`, `hostvars[x].ansible_…`, `inventory_dir`, `role_path`'
const MODULES = 'git, mount, pause, fetch, hostname, authorized_key, pip, uri, firewalld… as modules'
const COMMANDS = '`all -m ping`, `-a`, `inventory --list`, `--graph`, `--host`, `vault encrypt`, `doc`, `galaxy`'
const SMALL =
  '`!unsafe`, `environment:` as a list, `strategy: linear`, `plugin:` inventory, `--become-pass-file`, `{% with %}`'

/** The further inputs of rows that have several. */
export const MORE_UNHELPFUL: readonly HabitCase[] = [
  print(FILTERS, "r.stdout is version('1.2', '>=')", 'version(r.stdout)'),
  print(FILTERS, 'r.changed | ternary(1, 2)', 'r.changed ? 1 : 2'),
  print(FILTERS, "r.stdout | replace('a', 'b')", "r.stdout.replace('a', 'b')"),
  print(FILTERS, "group_names | select('match', 'c') | list | length", "group_names.filter(i, i.matches('^c'))"),
  print(FILTERS, "{'a': 1} | dict2items | length", 'items()'),
  print(FILTERS, 'r.stdout | to_json', 'r.stdout.toJson()'),
  print(FILTERS, "({'a': 1} | combine({'b': 2})).a", 'merge('),
  print(FILTERS, 'group_names | unique | length', 'group_names.unique()'),
  print(FILTERS, "r.stdout | regex_replace('a', 'b')", "r.stdout.regexReplace('a', 'b')"),
  print(FILTERS, 'r.stdout | quote', 'r.stdout.quote()'),
  checked(FILTERS, '- ensureDirectory: { path: /srv/x, owner: "{{ nothing | default(omit) }}" }', 'null'),
  print(NAMES, 'ansible_local.x', 'docs/facts.md'),
  print(NAMES, "hostvars['here'].ansible_hostname", 'fact'),
  print(NAMES, 'inventory_dir', 'hint: '),
  print(NAMES, 'role_path', 'hint: '),
  when(
    "`groups['x'] is defined`; `groups['x'] \\| default([]) \\| length`",
    "groups['x'] | default([]) | length > 0",
    'size(',
  ),
  when('`not x in l`, `not a == b`', "not r.stdout == 'x'", "write !(r.stdout == 'x')"),
  checked(MODULES, '- mount: { path: /s, src: x, state: mounted, fstype: nfs }', 'mount /s'),
  checked(MODULES, '- fetch: { src: /etc/x, dest: . }', 'hint: '),
  checked(MODULES, '- hostname: { name: h }', 'hostnamectl'),
  checked(MODULES, '- authorized_key: { user: a, key: k }', 'authorized_keys'),
  checked(MODULES, '- pip: { name: x }', 'pip install x'),
  checked(MODULES, '- uri: { url: "http://h/" }', 'curl -fsS http://h/'),
  checked(MODULES, '- firewalld: { port: 80/tcp }', 'openFirewall'),
  checked(MODULES, '- timezone: { name: UTC }', 'timedatectl set-timezone UTC'),
  checked(
    '`file: state: absent`, `state: link`, `state: touch`',
    '- file: { path: /a, src: /b, state: link }',
    'ensureLink: { path: /a, target: /b }',
  ),
  checked('`file: state: absent`, `state: link`, `state: touch`', '- file: { path: /a, state: touch }', 'touch /a'),
  typed(COMMANDS, ['all', '-a', 'uptime'], 'a playbook with one task'),
  typed(COMMANDS, ['vault', 'encrypt', 'x'], 'not supported yet'),
  typed(COMMANDS, ['doc', 'x'], 'docs/tasks.md'),
  typed(COMMANDS, ['galaxy', 'x'], '--tasks DIR'),
  typed(COMMANDS, ['-i', 'hosts', '--graph'], 'crane-play inventory'),
  runs(SMALL, '- print: !unsafe "{{ braces }}"', '{{ braces }}'),
  runs(
    SMALL,
    '- run: { command: "echo $A", readOnly: true }\n  environment: [{ A: x1 }]\n  register: e\n- print: "env {{ e.stdout }}"',
    'env x1',
  ),
  runs(SMALL, '- print: it is linear', 'it is linear', { head: '  strategy: linear\n' }),
  typed(SMALL, ['site.yml', '--become-pass-file', 'x'], '--become-password-file'),
  checked('`with_dict`, `with_fileglob`, `with_nested`…', "- print: '{{ item }}'\n  with_fileglob: ['*.j2']", 'hint: '),
  checked('`with_dict`, `with_fileglob`, `with_nested`…', "- print: '{{ item }}'\n  with_nested: [[1], [2]]", 'hint: '),
  runs("`vars_files: ['{{ os }}.yml']`, `include_tasks: '{{ os }}.yml'`", '- print: "{{ chosen }}"', 'by os', {
    head: "  vars: { os: debian }\n  vars_files: ['{{ os }}.yml']\n",
    files: { 'debian.yml': 'chosen: by os\n' },
  }),
  runs("`vars_files: ['{{ facts.os.family }}.yml']`", '- print: "{{ chosen }}"', 'by a fact', {
    head: '  vars_files: [\'{{ facts.hostname == "" ? "none" : "some" }}.yml\']\n',
    files: { 'some.yml': 'chosen: by a fact\n', 'none.yml': 'chosen: by none\n' },
  }),
]
