// Cases of openFirewall.
import { absent, down, file, runs, SOON, type TaskCases } from './kit.ts'

const params = { ports: [10350, 10010], sources: ['10.0.0.2', 'FD00:0::2', '10.0.0.2'] }
const nothing = { own: absent, debian: absent, rhel: absent, service: down() }
const rule = (source: string, port: number, family = 'ipv4') =>
  `rule family="${family}" source address="${source}" port port="${port}" protocol="tcp" accept`
const rules = [
  rule('10.0.0.2', 10010),
  rule('10.0.0.2', 10350),
  rule('fd00::2', 10010, 'ipv6'),
  rule('fd00::2', 10350, 'ipv6'),
]
const ufw = (source: string) => `ufw allow from ${source} to any port 10010,10350 proto tcp comment 'crane-play'`

const mark = 'crane-play crane-play cf09a3fa4679'
const chain = { family: 'inet', table: 'filter', chain: 'input', marks: [] as string[] }
const jumpless = `add table inet filter
add chain inet filter input
add chain inet filter crane-play
flush chain inet filter crane-play
add rule inet filter crane-play ip saddr { 10.0.0.2 } tcp dport { 10010, 10350 } accept comment "crane-play cf09a3fa4679"
add rule inet filter crane-play ip6 saddr { fd00::2 } tcp dport { 10010, 10350 } accept comment "crane-play cf09a3fa4679"
`
const own = `# Written by openFirewall; loaded by /etc/nftables.conf.\n${jumpless}insert rule inet filter input jump crane-play\n`
const conf = '#!/usr/sbin/nft -f\nflush ruleset\n'
const included = `${conf}include "/etc/nftables.d/crane-play.nft"\n`
const nftables = { tool: 'nftables', chains: [{ ...chain, marks: [mark] }] }

export default {
  decide: [
    {
      it: 'there is no firewall',
      params,
      observed: { ...nothing, firewall: { tool: 'none' } },
      expect: { kind: 'ok', says: 'skipped: no firewall' },
    },
    {
      it: 'there is no firewall, and what listens is not encrypted',
      params: { ...params, encrypted: false },
      observed: { ...nothing, firewall: { tool: 'none' } },
      expect: {
        kind: 'ok',
        warnings: ['everybody who reaches this host reaches port 10010, 10350, unencrypted: no firewall is in force'],
      },
    },
    {
      it: 'firewalld lets them in, now and after a reload',
      params,
      observed: { ...nothing, firewall: { tool: 'firewalld', runtime: rules, permanent: rules } },
      expect: { kind: 'ok', says: 'firewalld: open' },
    },
    {
      it: 'firewalld lets one of them in, and only until its next reload',
      params,
      observed: { ...nothing, firewall: { tool: 'firewalld', runtime: rules.slice(1), permanent: [] } },
      expect: {
        kind: 'change',
        says: 'open port 10010, 10350 in firewalld for 10.0.0.2, fd00::2',
        after: { firewall: { runtime: rules, permanent: rules } },
        steps: [
          `firewall-cmd '--add-rich-rule=${rule('10.0.0.2', 10010)}'`,
          `firewall-cmd --permanent ${rules.map((one) => `'--add-rich-rule=${one}'`).join(' ')}`,
        ],
      },
    },
    {
      it: 'a zone of firewalld is named',
      params: { ...params, zone: 'internal' },
      observed: { ...nothing, firewall: { tool: 'firewalld', runtime: rules, permanent: [] } },
      expect: { kind: 'change', script: 'firewall-cmd --permanent --zone=internal' },
    },
    {
      it: 'ufw lets them in, and somebody else too',
      params,
      observed: {
        ...nothing,
        firewall: { tool: 'ufw', added: ['ufw allow 22/tcp', ufw('10.0.0.2'), ufw('fd00::2')].toSorted() },
      },
      expect: { kind: 'ok', says: 'ufw: open' },
    },
    {
      it: 'ufw lets nobody in',
      params,
      observed: { ...nothing, firewall: { tool: 'ufw', added: ['ufw allow 22/tcp'] } },
      expect: {
        kind: 'change',
        after: { firewall: { added: ['ufw allow 22/tcp', ufw('10.0.0.2'), ufw('fd00::2')] } },
        script: `${ufw('10.0.0.2')} >/dev/null &&\n${ufw('fd00::2')}`,
      },
    },
    {
      it: 'closed: there is no firewall, and nothing of ours',
      params: { ...params, state: 'closed' },
      observed: { ...nothing, firewall: { tool: 'none' } },
      expect: { kind: 'ok', says: 'none: closed' },
    },
    {
      it: 'closed: firewalld keeps the rules of others',
      params: { ...params, state: 'closed' },
      observed: {
        ...nothing,
        firewall: { tool: 'firewalld', runtime: [...rules, rule('10.0.0.9', 22)], permanent: rules.slice(1) },
      },
      expect: {
        kind: 'change',
        says: 'take away the rules of crane-play in firewalld',
        after: { firewall: { runtime: [rule('10.0.0.9', 22)], permanent: [] } },
        steps: [
          `firewall-cmd ${rules.map((one) => `'--remove-rich-rule=${one}'`).join(' ')}`,
          `firewall-cmd --permanent ${rules
            .slice(1)
            .map((one) => `'--remove-rich-rule=${one}'`)
            .join(' ')}`,
        ],
      },
    },
    {
      it: 'closed: ufw keeps what has another comment, and loses ours of hosts that are gone',
      params: { ...params, state: 'closed' },
      observed: {
        ...nothing,
        firewall: { tool: 'ufw', added: ['ufw allow 22/tcp', ufw('10.0.0.2'), ufw('10.0.0.7')].toSorted() },
      },
      expect: {
        kind: 'change',
        after: { firewall: { added: ['ufw allow 22/tcp'] } },
        script: `ufw delete allow from 10.0.0.2 to any port 10010,10350 proto tcp >/dev/null &&
ufw delete allow from 10.0.0.7 to any port 10010,10350 proto tcp >/dev/null`,
      },
    },
    {
      it: 'closed: nftables loses the chain, its file and the line that loads it',
      params: { ...params, state: 'closed' },
      observed: { ...nothing, firewall: nftables, own: file(own), debian: file(included), service: runs() },
      expect: {
        kind: 'change',
        after: { firewall: { tool: 'nftables', chains: [chain] }, own: absent, debian: { type: 'file', text: conf } },
        steps: [
          'delete rules of nftables',
          'write /etc/nftables.conf',
          'remove /etc/nftables.d/crane-play.nft',
          'remove /etc/nftables.d where it is empty',
        ],
      },
    },
    {
      it: 'nftables lets them in, now and after a boot',
      params,
      observed: { ...nothing, firewall: nftables, own: file(own), debian: file(included), service: runs() },
      expect: { kind: 'ok', says: 'nftables: open' },
    },
    {
      it: 'nftables drops them',
      params,
      observed: { ...nothing, firewall: { tool: 'nftables', chains: [chain] }, debian: file(conf), service: runs() },
      expect: {
        kind: 'change',
        says: 'in nftables',
        after: {
          firewall: nftables,
          own: { type: 'file', text: own, changedAt: SOON },
          debian: { type: 'file', text: included },
        },
        steps: ['make /etc/nftables.d', 'write /etc/nftables.d/crane-play.nft', 'write /etc/nftables.conf', 'nft -f -'],
      },
    },
    {
      it: 'nftables of RHEL lets them in until the next boot, when it is not started',
      params,
      observed: { ...nothing, firewall: nftables, rhel: file(conf) },
      expect: {
        kind: 'change',
        after: { rhel: { text: included } },
        warnings: ['nftables.service is not enabled: /etc/sysconfig/nftables.conf is not loaded at boot'],
        steps: ['make /etc/nftables.d', 'write /etc/nftables.d/crane-play.nft', 'write /etc/sysconfig/nftables.conf'],
      },
    },
  ],
  wrong: [
    { params: { ports: [0], sources: ['10.0.0.2'] }, path: '/ports/0', says: '1' },
    { params: { ports: [22], sources: [] }, path: '/sources', says: '1' },
    ...['crane02', 'abc', '10.0.0.300', '10.0.0.0/33', '10.0.0.0/', 'fd00::/129', '::::', 'fe80::1%eth0'].map(
      (source) => ({
        params: { ports: [22], sources: ['10.0.0.2', source] },
        path: '/sources/1',
        says: `'${source}' is not an IP address or a network`,
      }),
    ),
    { params: { ...params, name: 'Crane Play' }, path: '/name', says: 'must be a short name' },
  ],
  live: [
    {
      it: 'finds no firewall',
      params,
      first: 'ok',
    },
    {
      it: 'opens firewalld, and a reload keeps it open',
      on: 'apt',
      setup: 'apt-get install -y firewalld >/dev/null 2>&1 && systemctl start firewalld',
      params,
      proof: `firewall-cmd --reload >/dev/null; firewall-cmd --list-rich-rules
        [ "$(firewall-cmd --list-rich-rules | grep -c 10350)" = 2 ]
        r=$?; nft list ruleset | grep 10350 >&2; systemctl disable --now firewalld 2>/dev/null; [ $r = 0 ]`,
    },
    {
      it: 'opens ufw, beside the rules that it has',
      on: 'apt',
      setup: 'apt-get install -y ufw >/dev/null 2>&1 && ufw allow 22/tcp && ufw --force enable',
      params,
      proof: `ufw status | grep -q '^10010,10350/tcp *ALLOW *10.0.0.2 *# crane-play' && ufw status | grep -q ^22/tcp
        r=$?; ufw --force disable; [ $r = 0 ]`,
    },
    {
      it: 'takes the rules out of firewalld again',
      on: 'apt',
      setup: `systemctl start firewalld; firewall-cmd -q --add-rich-rule='${rule('10.0.0.9', 22)}'
        for option in '' --permanent; do firewall-cmd -q $option ${rules.map((one) => `--add-rich-rule='${one}'`).join(' ')}; done`,
      params: { ...params, state: 'closed' },
      proof: `[ "$(firewall-cmd --list-rich-rules)" = '${rule('10.0.0.9', 22)}' ] && [ -z "$(firewall-cmd --permanent --list-rich-rules)" ]
        r=$?; systemctl disable --now firewalld 2>/dev/null; [ $r = 0 ]`,
    },
    {
      it: 'takes the rules out of ufw again',
      on: 'apt',
      setup: `ufw --force enable; ufw allow 22/tcp; ${ufw('10.0.0.2')}; ${ufw('fd00::2')}`,
      params: { ...params, state: 'closed' },
      proof: `ufw status | grep -q ^22/tcp && ! ufw status | grep -q 10350
        r=$?; ufw --force disable; [ $r = 0 ]`,
    },
    {
      it: 'opens nftables where a chain drops, and so it is after a boot',
      on: 'apt',
      setup: `apt-get install -y nftables >/dev/null 2>&1; systemctl unmask nftables; systemctl enable nftables 2>/dev/null
        printf '%s\\n' 'flush ruleset' 'table inet filter { chain input { type filter hook input priority 0; policy drop; ct state established,related accept; tcp dport 22 accept; }; }' >/etc/nftables.conf
        systemctl restart nftables`,
      params,
      proof: `opened() { nft list ruleset | tr -d '\\n' | grep -q 'jump crane-play.*policy\\|policy drop;[^}]*jump crane-play.*dport { 10010, 10350 } accept'; }
        opened && systemctl restart nftables && opened && [ "$(nft list ruleset | grep -c 'jump crane-play')" = 1 ]
        r=$?; nft flush ruleset; systemctl disable --now nftables 2>/dev/null; [ $r = 0 ]`,
    },
    {
      it: 'takes the rules out of nftables again, and its file is as it was',
      on: 'apt',
      setup: `systemctl unmask nftables; systemctl enable nftables 2>/dev/null; mkdir -p /etc/nftables.d
        printf '%s\\n' 'flush ruleset' 'table inet filter { chain input { type filter hook input priority 0; policy drop; ct state established,related accept; tcp dport 22 accept; }; }' >/etc/nftables.conf
        cp /etc/nftables.conf /root/law-nftables.conf; cat >/etc/nftables.d/crane-play.nft <<'END'
${own}END
        echo 'include "/etc/nftables.d/crane-play.nft"' >>/etc/nftables.conf; systemctl restart nftables`,
      params: { ...params, state: 'closed' },
      proof: `cmp /etc/nftables.conf /root/law-nftables.conf && ! nft list ruleset | grep crane-play && [ ! -e /etc/nftables.d ]
        r=$?; nft flush ruleset; systemctl disable --now nftables 2>/dev/null; rm /root/law-nftables.conf; [ $r = 0 ]`,
    },
  ],
} satisfies TaskCases
