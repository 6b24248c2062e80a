// What takes the rules of an opening away again, and what a host reads like without them.
import {
  change,
  command,
  type FileFact,
  ok,
  predictFile,
  removePath,
  replaceFile,
  script,
  type Step,
  textDiff,
} from '../../task/index.ts'
import type { FirewallFact } from './firewallState.ts'
import { nftDeletions, type Opening, type Remaining, remainingOf, ufwDeletions, withoutRules } from './openings.ts'

/** What nftables.service loads: Debian's place, and that of RHEL. */
export const NFT_CONF = { debian: '/etc/nftables.conf', rhel: '/etc/sysconfig/nftables.conf' } as const

/** Takes the name of an opening and returns the file of its own, which nftables loads at boot. */
export const nftFile = (name: string): string => `/etc/nftables.d/${name}.nft`

/** The line that loads such a file. */
export const nftInclude = (path: string): string => `include "${path}"`

/** What a host shows of its firewall, for a diff. */
export function firewallLines(fact: FirewallFact): string {
  const lines = {
    none: () => [],
    ufw: (of: FirewallFact) => (of.tool === 'ufw' ? of.added : []),
    firewalld: (of: FirewallFact) => (of.tool === 'firewalld' ? of.permanent : []),
    nftables: (of: FirewallFact) => (of.tool === 'nftables' ? of.chains.flatMap(({ marks }) => marks) : []),
  }
  return lines[fact.tool](fact)
    .map((line) => `${line}\n`)
    .join('')
}

/** The firewall that is in force, and the files that nftables loads at boot. */
export interface FirewallFiles {
  readonly firewall: FirewallFact
  /** The file of the opening. */
  readonly own: FileFact
  readonly debian: FileFact
  readonly rhel: FileFact
}

/** What there is to take away. */
export interface Closing {
  readonly name: string
  readonly remaining: Remaining | undefined
  readonly hasFile: boolean
  /** Files that load it, without the line that does. */
  readonly loaders: readonly { readonly path: string; readonly seen: FileFact; readonly text: string }[]
}

/**
 * Decides what to take away. Files of nftables go whatever firewall is in force: one that was stopped would load them.
 *
 * @param time - When the files will have been written.
 */
export function closingOf(opening: Opening, seen: FirewallFiles, time: number) {
  const { firewall, own, debian, rhel } = seen
  const after = withoutRules(firewall, opening)
  const loaders = [
    { path: NFT_CONF.debian, seen: debian },
    { path: NFT_CONF.rhel, seen: rhel },
  ].flatMap((one) => {
    const before = one.seen.type === 'file' ? (one.seen.text ?? '') : ''
    const text = before.replace(`${nftInclude(nftFile(opening.name))}\n`, '')
    return text === before ? [] : [{ ...one, before, text }]
  })
  const hasFile = own.type === 'file'
  const isSame = JSON.stringify(firewall) === JSON.stringify(after)
  if (isSame && !hasFile && loaders.length === 0) return ok({ note: `${firewall.tool}: closed` })
  const predicted = (path: string, before: FileFact) => {
    const written = loaders.find((one) => one.path === path)
    return written ? predictFile(before, written.text, time) : before
  }
  return change({
    note: `take away the rules of ${opening.name}${firewall.tool === 'none' ? '' : ` in ${firewall.tool}`}`,
    diffs: [
      ...(isSame ? [] : [textDiff(firewall.tool, firewallLines(firewall), firewallLines(after))]),
      ...(hasFile ? [textDiff(nftFile(opening.name), own.text ?? '', '')] : []),
      ...loaders.map(({ path, before, text }) => textDiff(path, before, text)),
    ],
    after: {
      firewall: after,
      own: hasFile ? ({ type: 'absent' } as FileFact) : own,
      debian: predicted(NFT_CONF.debian, debian),
      rhel: predicted(NFT_CONF.rhel, rhel),
    },
    plan: {
      name: opening.name,
      remaining: firewall.tool === 'none' ? undefined : remainingOf(firewall, opening),
      hasFile,
      loaders,
    } satisfies Closing as Closing,
  })
}

/** Takes what there is to take away, and a zone of firewalld, and returns the steps. */
export function closingSteps({ name, remaining, hasFile, loaders }: Closing, zone?: string): Step[] {
  const inZone = zone === undefined ? [] : [`--zone=${zone}`]
  const remove = (rules: readonly string[], ...options: readonly string[]): Step[] =>
    rules.length === 0
      ? []
      : [command('firewall-cmd', ...options, ...inZone, ...rules.map((rule) => `--remove-rich-rule=${rule}`))]
  const ofTool =
    remaining?.tool === 'firewalld'
      ? [...remove(remaining.runtime), ...remove(remaining.permanent, '--permanent')]
      : remaining?.tool === 'ufw' && remaining.rules.length > 0
        ? [
            script(
              'delete rules of ufw',
              ufwDeletions(remaining.rules)
                .map((rule) => `${rule} >/dev/null`)
                .join(' &&\n'),
            ),
          ]
        : remaining?.tool === 'nftables' && remaining.chains.length > 0
          ? [script('delete rules of nftables', nftDeletions(remaining.chains, name))]
          : []
  const empty = 'rmdir --ignore-fail-on-non-empty /etc/nftables.d'
  return [
    ...ofTool,
    ...loaders.map(({ path, text, seen }) => replaceFile({ path, content: text, seen })),
    ...(hasFile ? [removePath(nftFile(name)), script('remove /etc/nftables.d where it is empty', empty)] : []),
  ]
}
