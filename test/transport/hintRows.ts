// The hints about connections and sudo: most are of the other side, or of a key that must not be trusted without a look.
import type { HintRows } from '../text/hintRow.ts'

export const TRANSPORT_ROWS: HintRows = {
  'check ansible_host': 'an address that the user wrote: only the administrator knows the right one',
  'check the file given with --ssh-config': "a file of OpenSSH that the user wrote: ssh's own words say which line",
  'set ansible_host': 'a name without an address: only the administrator knows the right one',
  'set ansible_host, or check the name service':
    'a name without an address: only the administrator knows the right one',
  'check that sshd is running and that this is its port (ansible_port)':
    'the other side refuses: only its administrator starts sshd there',
  'check that the host is up': 'the other side does not answer',
  'check that the host is up and on this network': 'the other side does not answer',
  'check that the host is up and that no firewall drops the packets': 'the other side does not answer',
  "check this machine's network": 'this machine has no route',
  'do not log in to this host until its administrator has checked it': 'a revoked key: the hint says not to go on',
  'log in once by hand and compare it, or use --accept-new-host-keys': [
    'e2e/connection.test.ts',
    'a key that is accepted once is known the next time',
  ],
  "compare it with the host's own, then use --accept-new-host-keys, or `ssh-keyscan …… >>…`": [
    'e2e/connection.test.ts',
    'a key that is accepted once is known the next time',
  ],
  'someone may be intercepting the connection; if the host was reinstalled, run `…`': [
    'transport/ssh2Session.test.ts',
    'knows a reinstalled host again after the command of its hint',
  ],
  'if the host was reinstalled, run `…`': [
    'transport/ssh2Session.test.ts',
    'knows a reinstalled host again after the command of its hint',
  ],
  'use a key or an agent (the OpenSSH client is given no password); see ansible_user and ansible_ssh_private_key_file':
    'a key that only the user has',
  'set ansible_ssh_private_key_file, start an ssh-agent, or set ansible_password': [
    'transport/credentials.test.ts',
    'is not needed where a password will do',
  ],
  "check ansible_user, ansible_ssh_private_key_file, and …'s authorized_keys on the host…":
    'the host refused all keys: its administrator adds one to authorized_keys',
  'set TMPDIR to a directory with a short path that you can write to': [
    'transport/opensshSession.test.ts',
    'fails the host alone for %s TMPDIR',
  ],
  'set ansible_connection=openssh for this host': ['e2e/transport.test.ts', 'openssh'],
  'check ansible_ssh_private_key_file': 'a key that only the user has',
  'check ansible_ssh_private_key_file and the permissions of the file': 'a key that only the user has',
  'add it to an ssh-agent (`ssh-add`), or use a key without a passphrase': [
    'transport/credentials.test.ts',
    'stands in for a named key that has a passphrase',
  ],
  'check ProxyJump in the ssh configuration, and AllowTcpForwarding of the jump host':
    'the sshd of a jump host, which its administrator configures',
  'check MaxSessions and ForceCommand of its sshd': 'the sshd of the host, which its administrator configures',
  'check MaxStartups and PerSourcePenalties of its sshd, its firewall, and its hosts.deny':
    'the sshd of the host, which its administrator configures',
  'read the log of sshd on the host': 'the other side hung up, for a reason in its own log',
  'check the file system that they are on': 'known_hosts cannot be written, for a reason of the file system',
  'check UserKnownHostsFile and GlobalKnownHostsFile in the ssh configuration':
    "files of OpenSSH that the user's configuration names",
  'use fewer --forks': ['run/forksWithin.test.ts', 'forks'],
  'use fewer --forks, or raise `ulimit -n`': ['run/forksWithin.test.ts', 'ulimit'],

  'log in as root, or install sudo': 'a host without sudo, which only its administrator can install',
  'remove `requiretty` for this account in /etc/sudoers':
    'a line in /etc/sudoers, which only its administrator may change',
  'check /etc/sudoers on the host': 'a line in /etc/sudoers, which only its administrator may change',
  'run on the host: chage -l': 'an expired account, which only its administrator can renew',
  'check the password given with -K or ansible_become_password': ['transport/becomeSudo.test.ts', 'password'],
  'check ansible_become_user': 'an account that the host does not have: only the user knows which was meant',
  'use -K or ansible_become_password, or let the account use sudo without a password (NOPASSWD)': [
    'transport/becomeSudo.test.ts',
    'password',
  ],
  'check that the account can run `sh` without a terminal (see its login shell)':
    "the login shell of the account, which the host's administrator sets",
  'check on the host whether it still runs: …':
    'a process that could not be reached any more: only a look at the host shows its end',
}
