// Hints that are followed by another command line, or by one command before the same: what gets each, and what follows it.

export interface HintCommand {
  /** As it stands in the source, with `…` for what is filled in. */
  readonly hint: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** A command of the shell in between. */
  readonly run?: string
  /** A command of the shell at the beginning. */
  readonly first?: string
}

/** Below the directory of the test: cluster, away (hosts that cannot be reached), site.yml, compute.yml, needs.yml (an input), vars.yml, secret (mode 0644), types/. */
export const HINT_COMMANDS: readonly HintCommand[] = [
  {
    hint: "write '…[…:…]'",
    before: ['site.yml', '--syntax-check', '-i', 'cluster', '--limit', 'compute[0:-1]'],
    after: ['site.yml', '--syntax-check', '-i', 'cluster', '--limit', 'compute[0:1]'],
  },
  {
    hint: 'put it first: `…`',
    before: ['site.yml', 'inventory', '-i', 'cluster'],
    after: ['inventory', '-i', 'cluster'],
  },
  {
    hint: 'write … between the brackets of …[…]',
    before: ['facts', 'all', 'file[etc]', '-i', 'cluster'],
    after: ['facts', 'all', 'file[/etc]', '-i', 'cluster'],
  },
  {
    hint: 'use all to select every host',
    before: ['site.yml', '--syntax-check', '-i', 'cluster', '--limit', ','],
    after: ['site.yml', '--syntax-check', '-i', 'cluster', '--limit', 'all'],
  },
  {
    hint: 'check it, then run `chmod o-w …`',
    first: 'chmod o+w site.yml',
    before: ['site.yml', '--syntax-check', '-i', 'cluster'],
    run: 'chmod o-w site.yml',
    after: ['site.yml', '--syntax-check', '-i', 'cluster'],
  },
  {
    hint: 'name a file with the text in it',
    first: 'mkfifo pipe.yml',
    before: ['pipe.yml', '--syntax-check', '-i', 'cluster'],
    after: ['site.yml', '--syntax-check', '-i', 'cluster'],
  },
  {
    hint: 'to run it, add -i …',
    first: `printf '#!/bin/sh\\necho "{}"' > hosts.yml; chmod +x hosts.yml`,
    before: ['site.yml', '--syntax-check'],
    after: ['site.yml', '--syntax-check', '-i', 'cluster'],
  },
  {
    hint: 'set it in the inventory',
    before: ['site.yml', '--syntax-check', '-i', 'cluster', '-e', 'ansible_host=127.0.0.1'],
    run: "echo '[other:vars]\\nansible_host=127.0.0.1' >> cluster",
    after: ['site.yml', '--syntax-check', '-i', 'cluster'],
  },
  {
    hint: 'name one: -i FILE, or hosts: -i crane01,crane[02-04]',
    before: ['site.yml', '--syntax-check'],
    after: ['site.yml', '--syntax-check', '-i', 'crane01,crane[02-04]'],
  },
  {
    hint: 'to give a host instead of a file, add a comma: -i …,',
    before: ['site.yml', '--syntax-check', '-i', 'crane01'],
    after: ['site.yml', '--syntax-check', '-i', 'crane01,'],
  },
  {
    hint: 'give it with -e …=…, or set it in the inventory',
    before: ['needs.yml', '--syntax-check', '-i', 'cluster'],
    after: ['needs.yml', '--syntax-check', '-i', 'cluster', '-e', 'site=x'],
  },
  {
    hint: 'for a file of variables: -e @…',
    before: ['site.yml', '--syntax-check', '-i', 'cluster', '-e', 'vars.yml'],
    after: ['site.yml', '--syntax-check', '-i', 'cluster', '-e', '@vars.yml'],
  },
  {
    hint: `write -e name=value, or -e '{"name": 1}'`,
    before: ['site.yml', '--syntax-check', '-i', 'cluster', '-e', 'name'],
    after: ['site.yml', '--syntax-check', '-i', 'cluster', '-e', 'name=value'],
  },
  {
    hint: 'chmod 600 …',
    before: ['site.yml', '-i', 'cluster', '--become-password-file', 'secret'],
    run: 'chmod 600 secret',
    after: ['site.yml', '-i', 'cluster', '--become-password-file', 'secret'],
  },
  {
    hint: 'use a key to log in, and --become-password-file for sudo',
    before: ['site.yml', '-i', 'cluster', '-K'],
    run: 'chmod 600 secret',
    after: ['site.yml', '-i', 'cluster', '--become-password-file', 'secret'],
  },
  {
    hint: 'name a file in a directory that only you can write to',
    before: ['site.yml', '-i', 'cluster', '--log', '/nowhere/log'],
    after: ['site.yml', '-i', 'cluster', '--log', 'log'],
  },
  {
    hint: 'use letters and digits in camel case, such as mountShare',
    before: ['create-task', 'types', 'mount-share'],
    after: ['create-task', 'types', 'mountShare'],
  },
  {
    hint: 'choose another name, or remove the file first',
    before: ['create-task', 'types', 'ensureThere'],
    run: 'rm types/*',
    after: ['create-task', 'types', 'ensureThere'],
  },
  {
    hint: 'use `…`',
    before: ['create-task', 'types'],
    after: ['create-task', 'types', 'mountShare'],
  },
  {
    hint: 'join patterns with a comma: …',
    before: ['inventory', 'here', 'there', '-i', 'cluster'],
    after: ['inventory', 'here,there', '-i', 'cluster'],
  },
  {
    hint: 'use one of them',
    before: ['doctor', '-i', 'away', '--json', '--fix'],
    after: ['doctor', '-i', 'away', '--json'],
  },
  {
    hint: 'crane-play doctor -i INVENTORY --fix --yes',
    before: ['doctor', '-i', 'away', '--yes'],
    after: ['doctor', '-i', 'away', '--fix', '--yes'],
  },
  {
    hint: 'put them in these groups, or make your groups children of theirs, as in `[compute:children]`',
    before: ['doctor', '-i', 'away', 'alone'],
    after: ['doctor', '-i', 'away', 'there'],
  },
  {
    hint: 'write …[NAME]',
    before: ['facts', 'here', 'service', '-i', 'cluster'],
    after: ['facts', 'here', 'service[sshd]', '-i', 'cluster'],
  },
  {
    hint: 'write …',
    before: ['facts', 'here', 'os[x]', '-i', 'cluster'],
    after: ['facts', 'here', 'os', '-i', 'cluster'],
  },
  {
    hint: 'each task type is one file named after it, such as mountShare.ts',
    before: ['site.yml', '-i', 'cluster', '--syntax-check', '--tasks', 'empty'],
    after: ['site.yml', '-i', 'cluster', '--syntax-check', '--tasks', 'types'],
  },
  {
    hint: "add it to the inventory: 'localhost ansible_connection=local'",
    before: ['localhost.yml', '-i', 'cluster', '--syntax-check'],
    run: "echo 'localhost ansible_connection=local' >> cluster",
    after: ['localhost.yml', '-i', 'cluster', '--syntax-check'],
  },
  {
    hint: "compare it with the plays' 'hosts:', or list them with --list-hosts",
    before: ['compute.yml', '-i', 'cluster', '--limit', 'alone'],
    after: ['compute.yml', '-i', 'cluster', '--list-hosts'],
  },
]
