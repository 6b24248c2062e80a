// The hints of steps and task types that no situation follows: most are of other programs on the host.
import type { HintRows } from '../text/hintRow.ts'

export const TASK_ROWS: HintRows = {
  'check from the host that the URL can be reached': 'the network between the host and the server',
  'check the URL': 'the server says that it has no such file: which one is meant, only the author knows',
  'check what the URL delivers (an error page, a newer release), then correct `sha256`':
    'whether the new content is to be trusted, only a person can decide',
  'install curl in an earlier task, or copy the file from the controller with writeFile':
    'a host without curl: the hosts of the lab have it',
  'install curl in an earlier task': 'a host without curl: the hosts of the lab have it',
  "install the server's CA on the host, or use its right name":
    'a certificate of a server that the site runs: its administrator has the CA',
  "install the server's CA on the host first":
    'a certificate of a server that the site runs: its administrator has the CA',
  'run on the host: getent hosts SERVER; a proxy goes into `environment:`':
    "the name service and the proxy of the site's network",
  'run on the host: getent hosts NAME': "the name service of the site's network",

  'check the name and the repositories of the host':
    'which package was meant, and which repository has it, only the author knows',
  'check them with `--check`, and add `allowRemovals: true` if they can go': ['tasks/hintParameters.test.ts', 'NAMED'],
  'check what runs there (ps ax | grep -E "apt|dpkg|dnf"), or raise lockTimeout':
    'another run of the package manager, whose end nobody can foretell',
  "give packageRepository the key that the repository's owner publishes":
    'only the owner of the repository has the key',
  "get the key that the repository's owner publishes": 'only the owner of the repository has the key',
  "get the repository's new key": 'only the owner of the repository has the key',
  'take it from a repository that signs; add `trusted: true` to packageRepository only where the way to it is trusted':
    'whether the way to a repository is trusted, only the administrator can decide',
  'check the URL and `suites`; add `trusted: true` only where the way to it is trusted':
    'whether the way to a repository is trusted, only the administrator can decide',
  'check that the URL is right and that no proxy changes what it delivers': "the proxy of the site's network",
  'check the URL and the suites; the last lines are what the package manager printed':
    'a failure that no pattern knows: the last lines say more',
  'check the URL, the suites and the architecture': 'what the repository holds, only its owner knows',
  'remove that file in /etc/apt/sources.list.d first, with removePath':
    'a file of another program, which the administrator has to judge',

  'create the account in an earlier task, or give a number': 'which account is meant, only the author knows',
  'name the real path, or add `follow: true` where the task has it': [
    'task/trust.test.ts',
    'writes through no link of theirs, unless it is asked to',
  ],
  'run it again': ['tasks/copyTree.test.ts', 'writes nothing of a file that changed here after it was compared'],
  'find out on the host who replaces it': 'another program writes the same file again and again',
  'fix the content; the last lines are what the command printed':
    "what `validate` accepts is decided by the user's own command",
  'look at … beside it, which has what they wrote':
    'somebody else wrote the file at the same time: which content counts, a person decides',
  'name the real path, or add `follow: true`': [
    'task/trust.test.ts',
    'writes through no link of theirs, unless it is asked to',
  ],
  'on NFS, an export with root_squash does that: name the owner of its directory in `become_user`':
    'an NFS server with root_squash: the lab has none',
  'run on the host: df -h; df -i': 'a full file system, on which only its administrator can free space',
  'run on the host: quota': 'a quota, which only the administrator can raise',
  'run on the host: findmnt; look in dmesg for a broken disk': 'a file system that the kernel made read-only',
  'run on the host: systemctl status …; journalctl -u …': 'a unit that dies: its own journal says why',
  'run on the host: systemctl status …': 'systemd says which line of the unit file it cannot read; its author fixes it',

  'check that it is UTF-8 and readable': "a file with another program's bytes, which the administrator has to judge",
  'check its length and that it is UTF-8': "a file with another program's bytes, which the administrator has to judge",
  'check that the scheduler knows the node':
    'the configuration of CraneSched on the control node: its administrator adds the node',
  'run again to go on waiting; to give it back, use `state: returned`': [
    'tasks/drainNode.cases.ts',
    "state: 'returned'",
  ],
  'the archive does not hold an image named …': 'an archive that the user made: its author packs the image into it',
  'drain the node first, or raise `patience`': 'jobs of users, whose end nobody can foretell',
  'the command succeeded but `…` still exits with status …':
    "the user's own command and the user's own condition do not fit",
  'the command succeeded but did not create …': "the user's own command does not create what the user says",
  'the command succeeded but did not remove …': "the user's own command does not remove what the user says",
  'check from the host: curl ENDPOINT/health, with --cacert, --cert and --key; pods get no address without etcd':
    "the site's own etcd, which its administrator brings up",
  'check that the service listens on that address, and which firewalls lie between':
    'a service and firewalls of the site',
  'raise `patience` if it only takes longer': 'how long the condition takes, only the author knows',
  'see `systemctl status` and `journalctl -u` of it on the host':
    'a unit of the site: its journal says why it does not start',
}
