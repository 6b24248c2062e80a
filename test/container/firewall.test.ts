// Which firewall is in force, from what the tools of Debian 12 print.
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { firewall, openingOf } from 'crane-play/container'
import { describe, expect, it } from 'vitest'
import { ask, SHELLS, temporaryDirectory } from '../task/runShell.ts'

const directory = temporaryDirectory()
const rule = 'rule family="ipv4" source address="10.77.0.11" port port="10350" protocol="tcp" accept'
const added = "ufw allow from 10.8.0.0/16 to any port 10350 proto tcp comment 'crane-play'"

/** As `nft -j list ruleset` prints it. */
const ruleset = (policy: string, ...rules: readonly object[]) =>
  JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6', release_name: 'Lester Gooch #5', json_schema_version: 1 } },
      { table: { family: 'inet', name: 'filter', handle: 2 } },
      {
        chain: {
          family: 'inet',
          table: 'filter',
          name: 'input',
          handle: 1,
          type: 'filter',
          hook: 'input',
          prio: 0,
          policy,
        },
      },
      {
        chain: {
          family: 'inet',
          table: 'filter',
          name: 'output',
          handle: 3,
          type: 'filter',
          hook: 'output',
          prio: 0,
          policy: 'drop',
        },
      },
      { chain: { family: 'inet', table: 'filter', name: 'crane-play', handle: 4 } },
      ...rules.map((one) => ({ rule: { family: 'inet', table: 'filter', chain: 'input', ...one } })),
    ],
  })
const jump = { handle: 8, expr: [{ jump: { target: 'crane-play' } }] }
const ours = { chain: 'crane-play', handle: 7, comment: 'crane-play abc', expr: [{ accept: null }] }
const input = { family: 'inet', table: 'filter', chain: 'input', marks: [] }

/** The commands that a host has: each prints its text, or ends with the status that stands first in it. */
function hostWith(commands: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(`${directory}/bin`)
  for (const [name, body] of Object.entries(commands)) {
    writeFileSync(`${path}/${name}`, `#!/bin/sh\n${body}\n`)
    chmodSync(`${path}/${name}`, 0o755)
  }
  return path
}

let printed = 0
function print(text: string): string {
  const path = `${directory}/printed${printed++}`
  writeFileSync(path, `${text}\n`)
  return `cat ${path}`
}
const OFF = { 'firewall-cmd': 'exit 1', systemctl: 'exit 3', ufw: print('Status: inactive') }

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it.each<[string, Record<string, string>, object]>([
    [
      'firewalld',
      { systemctl: 'exit 0', 'firewall-cmd': `case $* in *--permanent*) ;; *) ${print(rule)};; esac` },
      { tool: 'firewalld', runtime: [rule], permanent: [] },
    ],
    [
      'ufw',
      {
        ...OFF,
        ufw: `case $1 in status) echo 'Status: active';; *) ${print(`Added user rules (see 'ufw status' for running firewall):\n${added}`)};; esac`,
      },
      { tool: 'ufw', added: [added] },
    ],
    ['nothing that drops', { ...OFF, nft: print(ruleset('accept')) }, { tool: 'none' }],
    ['no rules', { ...OFF, nft: print('{"nftables": []}') }, { tool: 'none' }],
    ['a chain that drops', { ...OFF, nft: print(ruleset('drop')) }, { tool: 'nftables', chains: [input] }],
    [
      'a rule that rejects',
      { ...OFF, nft: print(ruleset('accept', { expr: [{ counter: { packets: 0, bytes: 0 } }, { reject: null }] })) },
      { tool: 'nftables', chains: [input] },
    ],
    [
      'rules of ours',
      { ...OFF, nft: print(ruleset('drop', jump, ours)) },
      { tool: 'nftables', chains: [{ ...input, marks: ['crane-play crane-play abc'] }] },
    ],
    [
      'rules of ours to which nothing leads',
      { ...OFF, nft: print(ruleset('drop', ours)) },
      { tool: 'nftables', chains: [input] },
    ],
  ])('%s', (_, commands, fact) => {
    expect(ask([firewall()], { shell, commands: hostWith(commands) })).toEqual([fact])
  })
  it('one that only root may ask', () => {
    const commands = hostWith({ ...OFF, nft: 'echo "Operation not permitted" >&2; exit 1' })
    expect(() => ask([firewall()], { shell, commands })).toThrow('become root')
  })
})

it('writes sources as firewalls print them', () => {
  const { sources, ports } = openingOf({
    name: 'x',
    protocol: 'tcp',
    ports: [9, 1],
    sources: ['FD00:0:0::1', 'fd00::1', '10.0.0.0/8'],
  })
  expect({ sources, ports }).toEqual({ sources: ['10.0.0.0/8', 'fd00::1'], ports: [1, 9] })
})
