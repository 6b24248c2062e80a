// Names of Ansible, Jinja and Python → those of this language.

/** Constants. */
export const NAMES: Readonly<Record<string, string>> = {
  True: 'true',
  False: 'false',
  None: 'null',
  none: 'null',
  yes: 'true',
  no: 'false',
  on: 'true',
  off: 'false',
}

export const FUNCTIONS: Readonly<Record<string, string>> = {
  len: 'size',
  length: 'size',
  str: 'string',
  float: 'double',
  defined: 'has',
}

export const METHODS: Readonly<Record<string, string>> = {
  startswith: 'startsWith',
  endswith: 'endsWith',
  strip: 'trim',
  find: 'indexOf',
  splitlines: 'lines',
}

/** Fields of results. */
export const FIELDS: Readonly<Record<string, string>> = { stdout_lines: 'stdoutLines', rc: 'exitStatus' }

const VARIABLES: Readonly<Record<string, string>> = {
  ansible_check_mode: 'crane_check_mode',
  inventory_hostname_short: "inventory_hostname.split('.')[0]",
  ansible_play_hosts: 'play_hosts',
  ansible_play_batch: 'play_hosts',
  ansible_play_hosts_all: 'play_hosts',
  ansible_managed: 'managed',
  omit: 'null',
  ansible_distribution: 'facts.os.id',
  ansible_os_family: 'facts.os.family',
  ansible_distribution_version: 'facts.os.version',
  ansible_distribution_release: 'facts.os.codename',
  ansible_distribution_major_version: "facts.os.version.split('.')[0]",
  ansible_hostname: 'facts.hostname',
  ansible_fqdn: 'facts.fqdn',
  ansible_kernel: 'facts.kernel',
  ansible_architecture: 'facts.architecture',
  ansible_service_mgr: 'facts.serviceManager',
  ansible_pkg_mgr: 'facts.packageManager',
  ansible_memtotal_mb: 'facts.memory.total',
  ansible_processor_vcpus: 'facts.cpu.count',
  ansible_processor_cores: 'facts.cpu.count',
}

/** What reads the same here, in CEL. */
export const celNameOf = (name: string): string | undefined =>
  Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined

/** What to do about a variable or function of Ansible that has no counterpart. */
export function adviceOn(name: string): string | undefined {
  if (
    /^(ansible_facts|ansible_local)$|^ansible_(selinux|eth|default_ipv[46]|all_ipv|distribution|os_|date_time|env|interfaces|mounts|processor|memory|virtualization|user_|system|machine|nodename|kernel|python|lsb)/.test(
      name,
    )
  )
    return 'facts of a host are not variables: set the value in the inventory'
  if (name === 'inventory_dir' || name === 'inventory_file') return "the playbook's directory is playbook_dir"
  if (name === 'role_path') return "the playbook's directory is playbook_dir"
  if (/^(lookup|query|q)$/.test(name)) return "declare the value under 'inputs', or put it in 'vars_files'"
  if (name === 'vars') return 'name the variable itself'
  return undefined
}
