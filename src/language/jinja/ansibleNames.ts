// Names of Ansible, Jinja and Python → those of this language.
import { factInCel } from './ansibleFacts.ts'

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
  'ansible_failed_task.name': 'failure.task',
  ansible_failed_result: 'failure.result',
  'failure.result.msg': 'failure.cause',
  omit: 'null',
}

/** What reads the same here, in CEL: a name, or one with a field. */
export const celNameOf = (name: string): string | undefined =>
  Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined

const FACT =
  /^ansible_(selinux|eth|default_ipv[46]|all_ipv|distribution|os_|date_time|env|interfaces|mounts|devices|proc|mem|swap|virtualization|user_|system|machine|nodename|hostname|fqdn|domain|architecture|kernel|service_mgr|pkg_mgr|python|lsb|bios|product|fips|uptime|cmdline)/

/** What to do about a variable or function of Ansible that has no counterpart. */
export function adviceOn(name: string): string | undefined {
  if (/^ansible_(facts|local)$/.test(name) || FACT.test(name)) {
    const fact = factInCel(name)
    return fact
      ? `write ${fact.text}`
      : 'docs/facts.md lists the facts that there are, and what they are called in Ansible'
  }
  if (name === 'inventory_dir' || name === 'inventory_file') return "the playbook's directory is playbook_dir"
  if (name === 'role_path') return "the playbook's directory is playbook_dir"
  if (/^(lookup|query|q)$/.test(name)) return "declare the value under 'inputs', or put it in 'vars_files'"
  if (/^ansible_failed_(task|result)$/.test(name))
    return 'read failure.task, failure.cause or failure.result, in a rescue'
  if (name === 'vars') return 'name the variable itself'
  return undefined
}
