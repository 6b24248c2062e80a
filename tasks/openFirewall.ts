// openFirewall: the host's firewall lets the hosts of the cluster reach some ports, now and after a boot, or does so no more.
import { isIP } from 'node:net'
import {
  type Closing,
  closingOf,
  closingSteps,
  firewall,
  type FirewallFact,
  type FirewallFiles,
  firewallLines,
  type Lacking,
  lackingOf,
  NFT_CONF,
  nftCommands,
  nftFile,
  nftInclude,
  type Opening,
  openingOf,
  withRules,
} from 'crane-play/container'
import {
  change,
  command,
  commandLine,
  type Decision,
  defineTask,
  type FileFact,
  ok,
  predictFile,
  replaceFile,
  script,
  type Step,
  textDiff,
  textFile,
  Type,
  unit,
  type UnitFact,
} from 'crane-play/task'

const NAME = 'crane-play'

export default defineTask({
  name: 'openFirewall',
  summary:
    'Lets hosts of the cluster reach ports, in the firewall that is in force: firewalld, ufw or nftables. Rules of others stay.',
  params: Type.Object({
    ports: Type.Array(Type.Integer({ minimum: 1, maximum: 65535, description: 'A port.' }), {
      description: 'The ports to open.',
      minItems: 1,
      maxItems: 15,
      uniqueItems: true,
      examples: [[10010, 10350]],
    }),
    protocol: Type.Optional(
      Type.Union([Type.Literal('tcp'), Type.Literal('udp')], { description: 'Their protocol.', default: 'tcp' }),
    ),
    sources: Type.Array(Type.String({ description: 'An IP address, or a network such as 10.0.0.0/16.' }), {
      description: 'Who may reach them: addresses and networks of the cluster.',
      minItems: 1,
    }),
    name: Type.Optional(
      Type.String({
        description: 'Names the rules, so that each set of ports has its own.',
        pattern: '^[a-z][a-z0-9-]{0,30}$',
        errorMessage: 'must be a short name of a-z, 0-9 and hyphens',
        default: NAME,
      }),
    ),
    zone: Type.Optional(
      Type.String({
        description: "The zone of firewalld. Default: firewalld's default zone.",
        pattern: '^[A-Za-z0-9_-]+$',
        errorMessage: 'must be the name of a zone',
      }),
    ),
    state: Type.Optional(
      Type.Union([Type.Literal('open'), Type.Literal('closed')], {
        description:
          'closed: takes the rules away: those of this name, and in firewalld, whose rules have none, those of exactly these ports and sources. Rules of others stay.',
        default: 'open',
      }),
    ),
    encrypted: Type.Optional(
      Type.Boolean({
        description: 'Whether what listens there is encrypted. false warns where no firewall is in force.',
      }),
    ),
  }),
  check: ({ sources }) =>
    sources.flatMap((source, i) =>
      isSource(source)
        ? []
        : [{ path: `/sources/${i}`, message: `'${source}' is not an IP address or a network such as 10.0.0.0/16` }],
    ),
  observe: ({ zone, name = NAME }) => ({
    firewall: firewall(zone),
    own: textFile(nftFile(name)),
    debian: textFile(NFT_CONF.debian),
    rhel: textFile(NFT_CONF.rhel),
    service: unit('nftables'),
  }),
  decide({ params, observed, context }): Decision<FirewallFiles & { readonly service: UnitFact }, Closing | Widening> {
    const { firewall, debian, rhel, service } = observed
    const opening = openingOf({ name: NAME, protocol: 'tcp', ...params })
    if (params.state === 'closed') return closingOf(opening, observed, context.predictedTime)
    const ports = opening.ports.join(', ')
    if (firewall.tool === 'none') {
      const warnings =
        params.encrypted === false
          ? [`everybody who reaches this host reaches port ${ports}, unencrypted: no firewall is in force`]
          : []
      return ok({ note: 'skipped: no firewall', warnings })
    }
    const lacking = lackingOf(firewall, opening)
    const { length } = opening.sources
    const note = `open port ${ports} in ${firewall.tool} for ${length > 3 ? `${length} sources` : opening.sources.join(', ')}`
    if (lacking.tool !== 'nftables' || firewall.tool !== 'nftables') {
      const after = withRules(firewall, opening)
      if (isSame(firewall, after)) return ok({ note: `${firewall.tool}: open` })
      const diffs = [textDiff(firewall.tool, firewallLines(firewall), firewallLines(after))]
      return change({
        note,
        diffs,
        after: { firewall: after },
        plan: { lacking, opening, files: [] },
      })
    }
    const { place, conf } =
      debian.type === 'absent' && rhel.type === 'file'
        ? { place: NFT_CONF.rhel, conf: rhel }
        : { place: NFT_CONF.debian, conf: debian }
    const own = nftFile(opening.name)
    const rules = nftCommands(firewall.chains, opening, { jump: 'all' })
    const files: readonly NewFile[] = [
      { path: own, seen: observed.own, text: `# Written by openFirewall; loaded by ${place}.\n${rules}` },
      { path: place, seen: conf, text: withInclude(conf, own) },
    ].filter(({ seen, text }) => seen.type !== 'file' || seen.text !== text)
    const warnings =
      service.file === 'enabled' ? [] : [`nftables.service is not enabled: ${place} is not loaded at boot`]
    if (lacking.chains.length === 0 && files.length === 0) return ok({ note: 'nftables: open', warnings })
    const predicted = (path: string, before: FileFact) => {
      const written = files.find((one) => one.path === path)
      return written ? predictFile(before, written.text, context.predictedTime) : before
    }
    return change({
      note,
      diffs: files.map(({ path, seen, text }) => textDiff(path, seen.type === 'file' ? (seen.text ?? '') : null, text)),
      after: {
        firewall: withRules(firewall, opening),
        own: predicted(own, observed.own),
        debian: predicted(NFT_CONF.debian, debian),
        rhel: predicted(NFT_CONF.rhel, rhel),
      },
      plan: { lacking, opening, files },
      warnings,
    })
  },
  apply({ params: { zone }, plan }) {
    if ('hasFile' in plan) return closingSteps(plan, zone)
    const { lacking, opening, files } = plan
    if (lacking.tool === 'ufw') return [script('add rules to ufw', lacking.rules.join(' >/dev/null &&\n'))]
    if (lacking.tool === 'firewalld') {
      const add = (rules: readonly string[], ...options: readonly string[]): Step[] =>
        rules.length === 0
          ? []
          : [
              command(
                'firewall-cmd',
                ...options,
                ...(zone === undefined ? [] : [`--zone=${zone}`]),
                ...rules.map((rule) => `--add-rich-rule=${rule}`),
              ),
            ]
      return [...add(lacking.runtime), ...add(lacking.permanent, '--permanent')]
    }
    return [
      script('make /etc/nftables.d', commandLine(['mkdir', '-p', '--', '/etc/nftables.d'])),
      ...files.map(({ path, text, seen }) => replaceFile({ path, content: text, seen, validate: 'nft -c -f %s' })),
      ...(lacking.chains.length === 0
        ? []
        : [script('nft -f -', 'nft -f -', { stdin: nftCommands(lacking.chains, opening, { jump: 'missing' }) })]),
    ]
  },
})

/** What lacks, and the files of nftables to write. */
interface Widening {
  readonly lacking: Lacking
  readonly opening: Opening
  readonly files: readonly NewFile[]
}

interface NewFile {
  readonly path: string
  readonly seen: FileFact
  readonly text: string
}

/** The last line, so that the chains are there when it is read. */
function withInclude(conf: FileFact, path: string): string {
  const line = nftInclude(path)
  const text = conf.type === 'file' ? (conf.text ?? '') : '#!/usr/sbin/nft -f\nflush ruleset\n'
  return text.split('\n').includes(line) ? text : `${text.replace(/\n*$/, '\n')}${line}\n`
}

const isSame = (a: FirewallFact, b: FirewallFact): boolean => JSON.stringify(a) === JSON.stringify(b)

function isSource(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  // A firewall takes no zone.
  const most = address.includes('%') ? undefined : { 4: 32, 6: 128 }[isIP(address)]
  return (
    most !== undefined && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  )
}
