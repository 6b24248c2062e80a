// Texts without a mistake, which the fuzzer makes almost right ones of.
import { readFileSync } from 'node:fs'
import { areas, wordsOf } from '../conformance/playCase.ts'

const sampleOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const EVERY_WORD = `inputs:
  word: { type: string, default: "a", enum: [a, b], description: "A word" }
  size: { type: integer, minimum: 1, optional: true }
plays:
  - name: one
    hosts: all
    vars: { x: "{{ word + 'y' }}", many: [1, 2], deep: { a: { b: "{{ x }}" } } }
    tasks:
      - name: "A task on {{ inventory_hostname }}"
        run: { command: "echo {{ x | upper }}", creates: /x }
        register: r
        when: has(size) || "h1" in groups.all
        environment: { A: "{{ word }}" }
      - writeFile:
          path: "/etc/{{ item }}"
          content: |
            {{ r.stdout }} and {{ deep.a.b }}
        loop: "{{ many.map(n, string(n)) }}"
        notify: [again]
        become: true
      - block:
          - run: { command: "true", readOnly: true }
            changed_when: false
            failed_when: r.changed
        rescue:
          - setVars: { y: 1 }
        always:
          - assert: { that: "x != ''" }
    handlers:
      - { name: again, restartService: { name: containerd } }
`

const playbooks = [
  EVERY_WORD,
  ...areas.flatMap(({ cases }) => cases.map(({ play }) => wordsOf('crane', play))),
  sampleOf('playbooks/deploy.yml'),
]

const inventories: readonly (readonly [string, string])[] = [
  ['hosts', 'a\nb ansible_host=127.0.0.1 x=1\n\n[g]\nc[1:2] y="{{ x }}"\n\n[g:vars]\nz=[1, 2]\n\n[all:children]\ng\n'],
  ['hosts', '[control]\ncrane01\n[compute]\ncrane[02-04] ansible_user=ops\n[crane:children]\ncontrol\ncompute\n'],
  [
    'hosts.yml',
    'all:\n  hosts:\n    a: { x: 1 }\n  children:\n    g:\n      hosts:\n        "b[1-2]":\n          y: "{{ x }}"\n      vars: &v { z: [1, 2] }\n    h:\n      children: { g: }\n      vars:\n        <<: *v\n',
  ],
  [
    'config.yaml',
    'ControlMachine: crane01\nClusterName: lab\nNodes:\n  - name: "crane[02-04]"\n    cpu: 2\n    memory: 4G\n  - name: "gpu01"\nPartitions:\n  - name: CPU\n    nodes: "crane[02-04]"\n  - { name: ALL, nodes: ALL }\n',
  ],
]

const sshConfig = `# ours
Host target other *.site
  HostName 127.0.0.1
  Port PORT
  User "me"
  IdentityFile KEYFILE
  IdentitiesOnly=yes
  UserKnownHostsFile KNOWN
  HostKeyAlias right
  ProxyJump none
  ControlPath ~/.ssh/%C
  SendEnv LANG LC_*
Match host 127.0.0.1 user me
  StrictHostKeyChecking yes
  ServerAliveInterval 15
Match originalhost other all
  ProxyCommand none
  IdentityAgent \${HOME}/agent
Include extra
Host *
  User root
  KexAlgorithms +curve25519-sha256
`

const knownHosts = `right KEY
[127.0.0.1]:PORT,127.0.0.1 KEY
@revoked gone KEY
@cert-authority *.site KEY # ours
|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= KEY
`

export const GOOD = { playbooks, inventories, sshConfig, knownHosts } as const
