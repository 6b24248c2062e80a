// Options and commands of Ansible that have another name here or are not needed, each with what to use instead.

const VAULT = 'encrypted variables are not supported yet; use --become-password-file and -e @FILE'
const SSH_ARGS = 'write it into an ssh configuration file and name that with --ssh-config'
const NO_PLACE = 'not needed: run the playbook again, it changes only what differs; use --tags to select tasks'
const AD_HOC =
  'single commands are not supported yet: write a playbook with one task, or ask facts with `crane-play facts PATTERN`'
const INVENTORY = 'use `crane-play inventory -i INVENTORY`, with --list for JSON'

export const ANSIBLE_OPTIONS: Readonly<Record<string, string>> = {
  '-c': 'use --transport',
  '--connection': 'use --transport',
  '-T': 'use --timeout',
  '-M': 'use --tasks DIR',
  '--module-path': 'use --tasks DIR',
  '--inventory-file': 'use -i',
  '--key-file': 'use --private-key',
  '--start-at-task': NO_PLACE,
  '--step': NO_PLACE,
  '--flush-cache': 'leave it out: nothing is cached between runs',
  '--become-method': 'leave it out: sudo is the only method so far',
  '--become-pass-file': 'use --become-password-file',
  '--connection-password-file': 'use a key, or --ask-pass',
  '--conn-pass-file': 'use a key, or --ask-pass',
  '--ask-vault-pass': VAULT,
  '--ask-vault-password': VAULT,
  '-J': VAULT,
  '--vault-id': VAULT,
  '--vault-password-file': VAULT,
  '--vault-pass-file': VAULT,
  '--ssh-common-args': SSH_ARGS,
  '--ssh-extra-args': SSH_ARGS,
  '--sftp-extra-args': SSH_ARGS,
  '--scp-extra-args': SSH_ARGS,
  '-m': AD_HOC,
  '--module-name': AD_HOC,
  '-a': AD_HOC,
  '--args': AD_HOC,
  '-B': AD_HOC,
  '-P': AD_HOC,
  '--list': INVENTORY,
  '--graph': INVENTORY,
  '--playbook-dir': 'leave it out: group_vars and host_vars beside the playbook are read',
  '-V': 'use --version',
}

const TYPES = 'task types are described in docs/tasks.md, functions in docs/functions.md'

/** First words: `ansible-vault encrypt` becomes `crane-play vault encrypt` in people's hands. */
export const ANSIBLE_COMMANDS: Readonly<Record<string, string>> = {
  vault: VAULT,
  doc: TYPES,
  galaxy: 'there are no collections to install: use --tasks DIR for task types of your own',
  console: AD_HOC,
  adhoc: AD_HOC,
  exec: AD_HOC,
  run: 'use `crane-play PLAYBOOK -i INVENTORY`',
  playbook: 'use `crane-play PLAYBOOK -i INVENTORY`',
  pull: 'run crane-play where the inventory is, for example from cron after `git pull`',
  config: 'there is no configuration file: all settings are options and variables of the inventory',
  lint: 'use `crane-play PLAYBOOK -i INVENTORY --syntax-check`',
  ping: 'use `crane-play facts PATTERN login -i INVENTORY`',
  setup: 'use `crane-play facts PATTERN -i INVENTORY`',
  help: 'use `crane-play --help`',
  version: 'use `crane-play --version`',
}
