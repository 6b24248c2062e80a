// The keywords of a playbook: those that work, and those of Ansible that do not, with what to write instead.

export const FILE_KEYWORDS = ['inputs', 'plays'] as const

/** What a play, a block or an import states for all tasks in it, and a task for itself. */
export const SHARED_KEYWORDS = [
  'tags',
  'vars',
  'become',
  'become_user',
  'become_method',
  'environment',
  'ignore_errors',
  'ignore_unreachable',
  'check_mode',
  'diff',
  'timeout',
  'run_once',
  'any_errors_fatal',
  'throttle',
] as const

export const PLAY_KEYWORDS = [
  'name',
  'hosts',
  'vars_files',
  'pre_tasks',
  'tasks',
  'post_tasks',
  'handlers',
  'serial',
  'order',
  'force_handlers',
  'max_fail_percentage',
  'max_failures',
  'strategy',
  'gather_facts',
  ...SHARED_KEYWORDS,
] as const

export const IMPORT_PLAYBOOK_KEYWORDS = ['import_playbook', 'name', 'tags'] as const

export const TASK_KEYWORDS = [
  'name',
  'when',
  'loop',
  'loop_control',
  'register',
  'notify',
  'listen',
  'until',
  'retries',
  'delay',
  'changed_when',
  'failed_when',
  'delegate_to',
  ...SHARED_KEYWORDS,
] as const

export const BLOCK_KEYWORDS = [
  'block',
  'rescue',
  'always',
  'name',
  'when',
  'delegate_to',
  'notify',
  ...SHARED_KEYWORDS,
] as const

/** What a static include of tasks hands down to each task of the file. */
export const IMPORT_TASKS_KEYWORDS = [
  'import_tasks',
  'include_tasks',
  'name',
  'when',
  'delegate_to',
  'notify',
  ...SHARED_KEYWORDS,
] as const

/** Of a word that has its meaning and is not built: what follows a colon is what to write until then. */
export const NOT_YET = 'not yet'

/** Ansible's words for a play that have no meaning here → what to do. */
export const REFUSED_IN_PLAY: Readonly<Record<string, string>> = {
  roles: "write the tasks, or take them in with 'import_tasks: FILE'",
  vars_prompt: "declare the value under 'inputs' and give it with -e",
  remote_user: "set 'ansible_user' in the inventory, or use -u",
  user: "set 'ansible_user' in the inventory, or use -u",
  port: "set 'ansible_port' in the inventory",
  connection: "set 'ansible_connection' in the inventory, or use --transport",
  gather_subset: 'facts are gathered when they are needed: delete this line',
  gather_timeout: 'facts are gathered when they are needed: delete this line',
  fact_path: 'facts are gathered when they are needed: delete this line',
  become_flags: NOT_YET,
  become_exe: NOT_YET,
  no_log: "mark the input 'sensitive: true': its value is then never shown",
  collections: 'task types are found by name: delete this line',
  module_defaults: NOT_YET,
  debugger: NOT_YET,
  when: "set 'when' on the tasks, or choose the hosts with 'hosts'",
  block: "write the block as an item of 'tasks'",
}

/** Ansible's words for a task that have no meaning here → what to do. `with_…` is dealt with by itself. */
export const REFUSED_IN_TASK: Readonly<Record<string, string>> = {
  rescue: "it goes with a 'block'",
  always: "it goes with a 'block'",
  delegate_facts: 'facts are asked where an expression reads them, and are those of the delegate: delete this line',
  local_action: "write the task type as the key, and 'delegate_to' with a host of the inventory",
  no_log: "mark the input 'sensitive: true': its value is then never shown",
  async: "hosts run side by side, and 'timeout' bounds a task: delete this line",
  poll: "hosts run side by side, and 'timeout' bounds a task: delete this line",
  args: 'write the parameters under the task type',
  action: "write the task type as the key: 'installPackage: { name: containerd }'",
  become_flags: NOT_YET,
  become_exe: NOT_YET,
  remote_user: "set 'ansible_user' in the inventory, or use -u",
  connection: "set 'ansible_connection' in the inventory, or use --transport",
  port: "set 'ansible_port' in the inventory",
  module_defaults: NOT_YET,
  collections: 'task types are found by name: delete this line',
  debugger: NOT_YET,
  static: 'every include is static: delete this line',
  first_available_file: NOT_YET,
}

export const SPECIAL_TAGS = ['all', 'always', 'never', 'tagged', 'untagged'] as const
