// Options that hands used to ansible-playbook type, and what to say here instead.

const VAULT = 'encrypted variables are not supported yet; --become-password-file and -e @FILE read from files'
const SSH_ARGS = 'write it into an ssh configuration file; --ssh-config names one'
const NO_PLACE = 'not needed: a run does only what is missing, so run it again; --tags selects tasks'
const HANDLERS =
  'a restartService that is due stays due in the next run; what else must not be lost belongs into a task with a fact'

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
  '--flush-cache': 'not needed: nothing is cached between runs',
  '--force-handlers': HANDLERS,
  '--become-method': 'sudo is the only method so far',
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
