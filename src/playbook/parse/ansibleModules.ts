// Modules of Ansible (without `ansible.builtin.`), each with the ways to say the same here.

/**
 * The first way that compiles in place of the module is shown, so that a row may name a task type before it exists.
 * `<src|path:/etc/x>` is the value of the first of these parameters that the user gave, or else the example behind the
 * colon; without an example the way needs one of them. `free` is what stands behind the module when that is not a map,
 * `all` the map as it is. A way that is a plain sentence begins with '!', and is always right.
 */
export interface ModuleWay {
  /** Only where a parameter has this value: `state=absent`. */
  readonly where?: string
  readonly write: string
  /** What else there is to know. */
  readonly also?: string
}

type Ways = readonly (string | ModuleWay)[]

const NO_NEED_OF_FACTS = '!facts are gathered when they are needed: delete this task'

const PACKAGE: Ways = [
  'installPackage: { name: <name|pkg|package> }',
  { where: 'update_cache', write: '!installPackage fetches the package lists when it needs them: delete this task' },
  'installPackage: { name: <free:htop> }',
]

const SERVICE: Ways = [
  { where: 'state=restarted', write: 'restartService: <name|free:chronyd>' },
  { where: 'state=reloaded', write: "run: { command: 'systemctl reload <name:chronyd>', always: true }" },
  { where: 'state=stopped', write: 'ensureService: { name: <name:chronyd>, running: false }' },
  { where: 'state=started', write: 'ensureService: { name: <name:chronyd>, running: true }' },
  'ensureService: { name: <name>, enabled: <enabled> }',
  { where: 'daemon_reload', write: "run: { command: 'systemctl daemon-reload', always: true }" },
  'ensureService: { name: <name:chronyd>, running: true }',
]

const WHEN_DUE =
  "it runs every time; with 'creates: PATH' or 'unless: COMMAND' instead of 'always' only when it is due, with 'readOnly: true' it changes nothing"

const COMMAND: Ways = [
  'run: { command: <cmd|free|argv>, creates: <creates> }',
  'run: { command: <cmd|free|argv>, removes: <removes> }',
  'run: <cmd|free|argv>',
  { write: 'run: { command: <cmd|free|argv:uptime>, always: true }', also: WHEN_DUE },
]

const LINES_OF_FILES: Ways = [
  {
    where: 'line',
    write:
      'run: { command: \'echo "<line>" >> <path|dest:/etc/hosts>\', unless: \'grep -qxF "<line>" <path|dest:/etc/hosts>\' }',
    also: "for keys of TOML or YAML use 'ensureToml' or 'ensureYaml'",
  },
  {
    write: 'writeFile: { path: <path|dest:/etc/motd>, template: motd.j2 }',
    also: "it writes the whole file; for keys of TOML or YAML use 'ensureToml' or 'ensureYaml'",
  },
]

/** An example. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const INCLUDE: Ways = ["!take its tasks in with 'import_tasks: FILE'"]

export const ANSIBLE_MODULES: Readonly<Record<string, Ways>> = {
  apt: PACKAGE,
  dnf: PACKAGE,
  dnf5: PACKAGE,
  yum: PACKAGE,
  zypper: PACKAGE,
  package: PACKAGE,
  service: SERVICE,
  systemd: SERVICE,
  systemd_service: SERVICE,
  copy: [
    {
      where: 'remote_src=true',
      write: "run: { command: 'cp -a <src:/opt/a> <dest:/opt/b>', creates: <dest:/opt/b> }",
    },
    'writeFile: { path: <dest:/etc/motd>, src: <src> }',
    'writeFile: { path: <dest:/etc/motd>, content: <content:Welcome> }',
  ],
  template: ['writeFile: { path: <dest:/etc/motd>, template: <src:motd.j2> }'],
  file: [
    { where: 'state=directory', write: 'ensureDirectory: { path: <path|dest|name:/srv/data> }' },
    { where: 'state=link', write: 'ensureLink: { path: <path|dest|name:/srv/current>, target: <src:/srv/v1> }' },
    {
      where: 'state=absent',
      write: 'removePath: { path: <path|dest|name:/srv/old> }',
      also: "with 'recursive: true' for a directory",
    },
    {
      where: 'state=touch',
      write: "run: { command: 'touch <path|dest|name:/srv/stamp>', creates: <path|dest|name:/srv/stamp> }",
    },
    {
      where: 'state=hard',
      write: "run: { command: 'ln <src:/srv/a> <path|dest|name:/srv/b>', creates: <path|dest|name:/srv/b> }",
    },
    {
      write: "writeFile: { path: <path|dest|name:/etc/motd>, content: '…' }",
      also: "it sets 'owner', 'group' and 'mode' with the content; for a directory use 'ensureDirectory'",
    },
  ],
  lineinfile: LINES_OF_FILES,
  blockinfile: LINES_OF_FILES,
  replace: LINES_OF_FILES,
  ini_file: LINES_OF_FILES,
  command: COMMAND,
  shell: COMMAND,
  raw: COMMAND,
  script: [
    {
      write: "run: { command: '/usr/local/sbin/<free|cmd:setup.sh>', always: true }",
      also: "after a task that puts it there: 'writeFile' with 'src' and 'mode: ''0755'''",
    },
    {
      write: 'run: { command: /usr/local/sbin/setup.sh, always: true }',
      also: "after a task that puts it there: 'writeFile' with 'src' and 'mode: ''0755'''",
    },
  ],
  set_fact: ['setVars: <all:{ rack: r1 }>'],
  debug: ['print: <msg>', "print: '{{ <var> }}'", 'print: <free:done>'],
  setup: [NO_NEED_OF_FACTS],
  gather_facts: [NO_NEED_OF_FACTS],
  service_facts: [NO_NEED_OF_FACTS],
  package_facts: [NO_NEED_OF_FACTS],
  ping: ['!hosts are reached before the first task: delete this task'],
  wait_for_connection: ['!hosts are reached before the first task: delete this task'],
  meta: [
    { where: 'free=flush_handlers', write: 'flushHandlers: {}' },
    { where: 'free=end_host', write: 'endHost: {}' },
    { where: 'free=end_play', write: 'endPlay: {}' },
    {
      where: 'free=end_batch',
      write: 'endHost: {}',
      also: "it ends the hosts on which 'when' holds",
    },
    {
      where: 'free=clear_host_errors',
      write:
        "!a host that failed or was lost stays out: use 'rescue', 'ignore_errors' or 'ignore_unreachable' where it fails",
    },
    {
      where: 'free=reset_connection',
      write: '!a login is kept for the whole run: what a new one would change, a second run has',
    },
    { where: 'free=end_role', write: "!set 'when' on the tasks that follow" },
    '!delete this task: there is nothing to refresh or to clear',
  ],
  include_role: INCLUDE,
  import_role: INCLUDE,
  include: INCLUDE,
  include_vars: ["!name the file under 'vars_files' of the play"],
  validate_argument_spec: ["!declare the values under 'inputs' of the playbook: they are checked before the run"],
  group_by: ["!put the hosts into a group of the inventory, or select them with 'when'"],
  add_host: ['!put the host into the inventory'],
  async_status: ["!hosts run side by side, and 'timeout' bounds a task: delete this task"],
  slurp: ['readFile: { path: <src|path:/etc/motd> }'],
  fetch: [
    { write: 'readFile: { path: <src:/etc/motd> }', also: "the text is then the 'content' of the registered result" },
  ],
  stat: [
    {
      write: "run: { command: 'test -e <path:/etc/motd>', readOnly: true }",
      also: "with 'failed_when: false' and 'register'; most task types look by themselves",
    },
  ],
  find: [
    { write: 'run: { command: \'find <paths|path:/var/log> -name "<patterns|pattern:*.log>"\', readOnly: true }' },
  ],
  getent: ["run: { command: 'getent <database:passwd> <key:root>', readOnly: true }"],
  wait_for: [
    'waitFor: { port: <port>, host: <host> }',
    'waitFor: { port: <port> }',
    'waitFor: { path: <path> }',
    { write: 'waitFor: { port: 22 }', also: "or with 'path', 'unit' or 'command'" },
  ],
  uri: [{ write: "run: { command: 'curl -fsS <url:http://localhost/health>', readOnly: true }" }],
  get_url: [
    {
      write: `downloadFile: { url: <url:http://mirror/x.tar.gz>, path: <dest:/opt/x.tar.gz>, sha256: ${EMPTY_SHA256} }`,
      also: 'with the SHA-256 of the file',
    },
    "run: { command: 'curl -fsSLo <dest:/opt/x.tar.gz> <url:http://mirror/x.tar.gz>', creates: <dest:/opt/x.tar.gz> }",
  ],
  unarchive: ["run: { command: 'tar -xf <src:/opt/x.tar.gz> -C <dest:/opt>', creates: <creates:/opt/x> }"],
  archive: ["run: { command: 'tar -czf <dest:/opt/x.tar.gz> <path:/opt/x>', creates: <dest:/opt/x.tar.gz> }"],
  synchronize: [
    {
      where: 'delete=true',
      write: 'copyTree: { src: <src:site>, path: <dest:/srv/site>, delete: true }',
      also: "what is in 'src' is copied, whether its name ends in / or not",
    },
    {
      write: 'copyTree: { src: <src:site>, path: <dest:/srv/site> }',
      also: "what is in 'src' is copied, whether its name ends in / or not",
    },
  ],
  git: ["run: { command: 'git clone <repo|name:https://host/x.git> <dest:/opt/x>', creates: <dest:/opt/x> }"],
  pip: [
    "run: { command: 'pip install <name:requests>', unless: 'pip show <name:requests>' }",
    "run: { command: 'pip install -r <requirements>', always: true }",
    "run: { command: 'pip install requests', unless: 'pip show requests' }",
  ],
  user: [
    { where: 'state=absent', write: "run: { command: 'userdel <name:alice>', unless: '! id <name:alice>' }" },
    {
      where: 'uid',
      write: "run: { command: 'useradd -m -u <uid:1000> <name|user:alice>', unless: 'id <name|user:alice>' }",
    },
    "run: { command: 'useradd -m <name|user:alice>', unless: 'id <name|user:alice>' }",
  ],
  group: [
    {
      where: 'state=absent',
      write: "run: { command: 'groupdel <name:users>', unless: '! getent group <name:users>' }",
    },
    {
      where: 'gid',
      write: "run: { command: 'groupadd -g <gid:1000> <name:users>', unless: 'getent group <name:users>' }",
    },
    "run: { command: 'groupadd <name:users>', unless: 'getent group <name:users>' }",
  ],
  authorized_key: [
    "writeFile: { path: '/home/<user:alice>/.ssh/authorized_keys', content: <key:ssh-ed25519 AAAA>, owner: <user:alice>, mode: '0600' }",
  ],
  known_hosts: [
    "run: { command: 'ssh-keyscan <name|host:crane01> >> /etc/ssh/ssh_known_hosts', unless: 'ssh-keygen -F <name|host:crane01> -f /etc/ssh/ssh_known_hosts' }",
  ],
  cron: [
    'writeFile: { path: \'/etc/cron.d/<name:cleanup>\', content: "0 3 * * * root /usr/sbin/tmpwatch 10d /tmp\\n" }',
  ],
  sysctl: [
    {
      write:
        'writeFile: { path: \'/etc/sysctl.d/90-<name|key:vm.swappiness>.conf\', content: "<name|key:vm.swappiness> = <value|val:10>\\n" }',
      also: "with 'notify' of a handler that runs `sysctl --system`",
    },
  ],
  modprobe: ["run: { command: 'modprobe <name:overlay>', unless: 'test -d /sys/module/<name:overlay>' }"],
  mount: ["run: { command: 'mount <path|name:/scratch>', unless: 'mountpoint -q <path|name:/scratch>' }"],
  hostname: [
    "run: { command: 'hostnamectl set-hostname <name:crane01>', unless: 'test $(hostname) = <name:crane01>' }",
  ],
  timezone: [
    "run: { command: 'timedatectl set-timezone <name:UTC>', unless: 'test $(timedatectl show -P Timezone) = <name:UTC>' }",
  ],
  firewalld: [
    {
      where: 'service',
      write:
        "run: { command: 'firewall-cmd --add-service=<service> && firewall-cmd --permanent --add-service=<service>', unless: 'firewall-cmd -q --permanent --query-service=<service>' }",
    },
    {
      write: 'openFirewall: { ports: [10350], sources: [10.0.0.0/16] }',
      also: 'with the ports, and the addresses or networks that may reach them',
    },
  ],
  ufw: [
    {
      write: 'openFirewall: { ports: [<port|to_port:10350>], sources: [<from_ip|src:10.0.0.0/16>] }',
      also: 'with the addresses or networks that may reach them',
    },
  ],
  iptables: [
    "run: { command: 'iptables -A INPUT -p tcp --dport 22 -j ACCEPT', unless: 'iptables -C INPUT -p tcp --dport 22 -j ACCEPT' }",
  ],
  selinux: ["run: { command: 'setenforce 1', unless: 'test $(getenforce) = Enforcing' }"],
  seboolean: [
    "run: { command: 'setsebool -P <name:use_nfs_home_dirs> on', unless: 'getsebool <name:use_nfs_home_dirs> | grep -q on$' }",
  ],
  alternatives: ["run: { command: 'update-alternatives --set <name:editor> <path:/usr/bin/vim>', always: true }"],
  apt_repository: [
    {
      write:
        'packageRepository: { name: <filename:site>, apt: { urls: [http://mirror/debian], suites: [stable], components: [main] }, key: site.asc }',
      also: 'with the file of the key that signs it',
    },
  ],
  yum_repository: [
    {
      write: 'packageRepository: { name: <name:site>, dnf: { urls: [<baseurl:http://mirror/el9>] }, key: site.asc }',
      also: 'with the file of the key that signs it',
    },
  ],
  rpm_key: ["!packageRepository brings the key of its repository, with 'key' or 'keyUrl': delete this task"],
  apt_key: ["!packageRepository brings the key of its repository, with 'key' or 'keyUrl': delete this task"],
  tempfile: ["run: { command: 'mktemp -d', always: true }"],
  reboot: ["run: { command: 'systemctl reboot', always: true }"],
}

/** Modules that are task types by the same name, for parameters on one line: `fail: msg="not yet"`. */
export const NAMESAKES: Readonly<Record<string, { readonly params: readonly string[]; readonly ways: Ways }>> = {
  fail: { params: ['msg'], ways: ['fail: <msg:the cause>'] },
  assert: {
    params: ['that', 'fail_msg', 'msg', 'success_msg', 'quiet'],
    ways: ['assert: { that: <that>, message: <fail_msg|msg> }', 'assert: { that: <that:facts.cpu.count == 8> }'],
  },
  pause: {
    params: ['prompt', 'seconds', 'minutes', 'echo'],
    ways: [
      { where: 'minutes', write: '!write `pause: { seconds: 60 }` for a minute' },
      { where: 'prompt', write: 'pause: { prompt: <prompt> }' },
      'pause: { seconds: <seconds:10> }',
    ],
  },
}
