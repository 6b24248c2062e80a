// Options of ansible-playbook that have another name here or are not needed, each with what to use instead.

const VAULT = 'encrypted variables are not supported yet; use --become-password-file and -e @FILE'
const SSH_ARGS = 'write it into an ssh configuration file and name that with --ssh-config'
const NO_PLACE = 'not needed: run the playbook again, it changes only what differs; use --tags to select tasks'
const HANDLERS =
  'not needed for `restartService`: a restart that is due is made by the next run; use a task with a fact for the rest'

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
  '--force-handlers': HANDLERS,
  '--become-method': 'leave it out: sudo is the only method so far',
  '--connection-password-file': 'use a key, or --ask-pass',
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
}
