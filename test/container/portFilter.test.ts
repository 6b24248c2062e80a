// Which ports a firewall lets somebody reach, from what firewall-cmd, ufw and nft of Debian 12 print.
import { portFilter } from 'crane-play/container'
import { describe, expect, it, test } from 'vitest'

const PORTS = ['22', '80', '10010', '10011', '10015', '10350']

const opened = (answer: string) => {
  const filter = portFilter(answer)
  return filter && PORTS.filter((port) => filter.lets(port)).map(Number)
}

test.each([
  ['nothing answers', '', undefined],
  ['firewalld with ports', 'firewalld\n10010-10011/tcp 10350/tcp 80/udp\n', [10010, 10011, 10350]],
  [
    'firewalld with rich rules',
    `firewalld

rule family="ipv4" source address="10.0.0.2" port port="10010" protocol="tcp" accept
rule family="ipv4" port port="10011" protocol="tcp" reject
rule family="ipv4" port port="80" protocol="udp" accept
rule family="ipv4" source address="10.0.0.2" service name="ssh" accept
`,
    [10010],
  ],
  [
    'firewalld with a rule for a network',
    'firewalld\n\nrule family="ipv4" source address="10.0.0.0/8" accept\n',
    PORTS,
  ],
  ['firewalld with the zone `trusted`', 'firewalld\n\n\ntrusted\n', PORTS],
  [
    'ufw',
    `ufw
Status: active

To                         Action      From
--                         ------      ----
22/tcp                     LIMIT       Anywhere
10010,10350/tcp            ALLOW       10.0.0.0/8                 # x
10.0.0.2 10014:10016/tcp   ALLOW       Anywhere
10011/tcp                  DENY        Anywhere
80/udp                     ALLOW       Anywhere
22/tcp (v6)                LIMIT       Anywhere (v6)
`,
    [22, 10010, 10015, 10350],
  ],
  ['ufw with a rule for a network', 'ufw\nStatus: active\nAnywhere                   ALLOW       10.2.0.0/16\n', PORTS],
  ['ufw with nothing', 'ufw\nStatus: active\n', []],
  ['nft without rules', 'nftables\n{"nftables": []}\n', undefined],
])('%s', (_, answer, wanted) => {
  expect(opened(answer)).toEqual(wanted?.map(Number))
})

const place = { family: 'inet', table: 'f' }
const tcp = { payload: { protocol: 'tcp', field: 'dport' } }
const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } })
const state = (right: unknown) => match({ ct: { key: 'state' } }, right, 'in')
const [accept, drop] = [{ accept: null }, { drop: null }]
const reject = { reject: { type: 'icmpx', expr: 'admin-prohibited' } }
const source = match({ payload: { protocol: 'ip', field: 'saddr' } }, { prefix: { addr: '10.77.0.0', len: 16 } })

/** Each rule stands in the chain `in`, or in the chain that is named before it. */
function nft(policy: string, ...rules: readonly (readonly object[] | readonly [string, ...object[]])[]): string {
  const hook = { type: 'filter', hook: 'input', prio: 0, policy }
  const chains = [{ chain: { ...place, name: 'in', ...hook } }, { chain: { ...place, name: 'ours' } }]
  const all = rules.map(([first, ...expr]) => ({
    rule:
      typeof first === 'string' ? { ...place, chain: first, expr } : { ...place, chain: 'in', expr: [first, ...expr] },
  }))
  return `nftables\n${JSON.stringify({ nftables: [...chains, ...all] })}\n`
}

describe('nftables', () => {
  test.each<[string, string, number[] | undefined]>([
    ['a policy alone', nft('drop'), []],
    ['what accepts and drops nothing', nft('accept', [match(tcp, 22), accept]), undefined],
    [
      'ports, ranges and sources',
      nft('drop', [match(tcp, { set: [22, { range: [10010, 10012] }] }), accept], [source, match(tcp, 10350), accept]),
      [22, 10010, 10011, 10350],
    ],
    [
      'what is no new TCP connection from another host',
      nft(
        'drop',
        [state(['established', 'related']), accept],
        [match({ meta: { key: 'iifname' } }, 'lo'), accept],
        [match({ meta: { key: 'l4proto' } }, { set: ['icmp', 'ipv6-icmp'] }), accept],
        [match({ payload: { protocol: 'ip', field: 'protocol' } }, 'icmp'), accept],
        [match({ payload: { protocol: 'udp', field: 'dport' } }, 80), accept],
        [state(['new']), match(tcp, 22), accept],
      ),
      [22],
    ],
    [
      'one port that is dropped',
      nft('accept', [match(tcp, 10350), { counter: null }, drop]),
      [22, 80, 10010, 10011, 10015],
    ],
    ['all but some are rejected', nft('accept', [match(tcp, { set: [22, 80] }, '!='), reject]), [22, 80]],
    ['a source that is dropped', nft('accept', [source, drop]), PORTS.map(Number)],
    ['an end that rejects', nft('accept', [match(tcp, 22), accept], [{ log: null }, reject]), [22]],
    [
      'maps',
      nft(
        'drop',
        [
          {
            vmap: {
              key: { ct: { key: 'state' } },
              data: {
                set: [
                  ['established', accept],
                  ['invalid', drop],
                ],
              },
            },
          },
        ],
        [
          {
            vmap: {
              key: tcp,
              data: {
                set: [
                  [80, accept],
                  [{ range: [10010, 10015] }, { jump: { target: 'ours' } }],
                ],
              },
            },
          },
        ],
        ['ours', match(tcp, 10011), accept],
      ),
      [80, 10011],
    ],
    ['a set with a name, which may have the port', nft('drop', [match(tcp, '@ports'), accept]), PORTS.map(Number)],
    [
      'what iptables says in its own words',
      nft('drop', [{ xt: { type: 'match', name: 'multiport' } }, drop], [match(tcp, 80), accept]),
      [80],
    ],
    [
      'a chain that is left again',
      nft(
        'drop',
        [{ jump: { target: 'ours' } }],
        [match(tcp, 80), accept],
        ['ours', match(tcp, 22), { return: null }],
        ['ours', match(tcp, 80), drop],
      ),
      [],
    ],
    [
      'a chain that is not left',
      nft('drop', [{ goto: { target: 'ours' } }], [accept], ['ours', match(tcp, 22), accept]),
      [22],
    ],
    ['chains without end', nft('drop', [{ jump: { target: 'ours' } }], ['ours', { jump: { target: 'ours' } }]), []],
  ])('%s', (_, answer, wanted) => {
    expect(opened(answer)).toEqual(wanted)
  })

  it('wants each chain that sees the packet to accept it, and asks no chain of IPv6 alone', () => {
    const parts = (policy: string, family: string) => ({
      chain: { family, table: 'x', name: 'in', type: 'filter', hook: 'input', policy },
    })
    const both = (family: string) =>
      `nftables\n${JSON.stringify({ nftables: [parts('drop', family), parts('accept', 'ip')] })}\n`
    expect([opened(both('ip')), opened(both('inet')), opened(both('ip6'))]).toEqual([[], [], PORTS.map(Number)])
  })
})
