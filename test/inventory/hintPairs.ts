// Hints that are followed by changing an inventory: the file that gets each, and the file after it was followed.

type Files = Readonly<Record<string, string>>

/** The hint as it stands in the source, with `…` for what is filled in; the files before and after, or the text of `hosts`. */
export const INVENTORY_PAIRS: readonly (readonly [hint: string, before: string | Files, after: string | Files])[] = [
  ['write […]', '[compute:hosts]\na\n', '[compute]\na\n'],
  [
    'put variables of the group into a section […:vars]',
    '[compute]\na\nrack=1\n',
    '[compute]\na\n[compute:vars]\nrack=1\n',
  ],
  [
    'put variables into a section […:vars]',
    '[compute]\na\n[all:children]\ncompute rack=1\n',
    '[compute]\na\n[compute:vars]\nrack=1\n',
  ],
  ['remove the blanks around =', 'a rack = 1\n', 'a rack=1\n'],
  ['quote the value, or put the comment on its own line', 'x\n[all:vars]\nnote=b #c\n', 'x\n[all:vars]\nnote="b #c"\n'],
  ['write one host, or one node set such as crane[02-04], on each line', 'a b\n', 'a\nb\n'],
  ['declare it with […], even if it is empty', 'x\n[all:children]\nempty\n', 'x\n[empty]\n[all:children]\nempty\n'],
  ['rename the host: this group always exists', 'ungrouped\n', 'alone\n'],
  ['keep one of them: the first is at …', '[a]\nx\n[b]\nx\nx\n', '[a]\nx\n[b]\nx\n'],
  ["'…' is a host; …", 'a\n[g:children]\na\n', '[g]\na\n'],
  ['rename one of them; the group is at …', '[g]\na\ng\n', '[g]\na\nh\n'],
  ['remove it: all contains every group already', 'a\n[b:children]\nall\n', 'a\n[b]\n'],
  ['remove the colon, or rename a YAML inventory to NAME.yml', '[g]\na:\n', '[g]\na\n'],
  ['rename the file to NAME.yml', '[g]\n---\na\n', { 'hosts.yml': '---\nall: { hosts: { a: } }\n' }],
  ['name the host …, and set its ansible_user to …', 'root@a\n', 'a ansible_user=root\n'],
  ['write it as JSON, or as YAML in group_vars/ or host_vars/', "a\n[all:vars]\nx=['b']\n", 'a\n[all:vars]\nx=["b"]\n'],
  ["use '…'", 'a my-port=1\n', 'a my_port=1\n'],
  ['rename it: the prefix ansible_ is reserved for connection variables', 'a ansible_qqqq=1\n', 'a site_qqqq=1\n'],
  [
    'put the value in quotes',
    { 'hosts.yml': 'all: { hosts: { a: { ansible_user: 1000 } } }\n' },
    { 'hosts.yml': "all: { hosts: { a: { ansible_user: '1000' } } }\n" },
  ],
  [
    'write the value instead of the expression',
    'a ansible_host="{{ inventory_hostname }}.site"\n',
    'a ansible_host=a.site\n',
  ],
  [
    'set a higher ansible_group_priority on one of the two groups (now both …), put one group inside the other, or set the variable in host_vars/',
    '[b]\nx\n[c]\nx\n[b:vars]\nrack=1\n[c:vars]\nrack=2\n',
    '[b]\nx\n[c]\nx\n[b:vars]\nrack=1\n[c:vars]\nrack=2\nansible_group_priority=2\n',
  ],
  [
    "put groups inside '…' under 'children' and variables under 'vars'",
    { 'hosts.yml': 'g:\n  compute:\n    hosts: { a: }\n' },
    { 'hosts.yml': 'g:\n  children:\n    compute:\n      hosts: { a: }\n' },
  ],
  [
    'give the secret at run time, for example with -e @FILE, and keep that file out of the repository',
    { 'hosts.yml': 'g:\n  hosts: a\n  vars:\n    x: !vault |\n      $ANSIBLE_VAULT;1.1\n' },
    { 'hosts.yml': 'g:\n  hosts: a\n' },
  ],
  ['write name=value: INI has no colon form', 'a\n[all:vars]\nfoo: 1\n', 'a\n[all:vars]\nfoo=1\n'],
  [
    "begin with 'all:' or another group; a list is a playbook",
    { 'hosts.yml': '- hosts: all\n  tasks: []\n' },
    { 'hosts.yml': 'all: { hosts: { a: } }\n' },
  ],
  [
    'write each name as a key: a colon after it, no dash before it',
    { 'hosts.yml': 'g:\n  hosts:\n    - a\n' },
    { 'hosts.yml': 'g:\n  hosts:\n    a:\n' },
  ],
]
