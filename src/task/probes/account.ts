// The numeric id of a user or group, since a file shows only one of the names that its id may have.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'

/** The uid or gid; null when the host has no such account. */
export type AccountFact = number | null

// Local accounts are found without starting a process.
const PROBE_ACCOUNTS = `for a; do
  base=\${a%%:*} account=\${a#*:} found=
  while IFS=: read -r name _ id _; do
    if [ "$name" = "$account" ]; then found=$id; break; fi
  done <"/etc/$base"
  [ "$found" ] || found=$(getent -- "$base" "$account" 2>/dev/null | while IFS=: read -r _ _ id _; do echo "$id"; done)
  echo "\${found:-none}"
done`

const accountKind: ProbeKind<null, AccountFact> = {
  name: 'account',
  functions: { probe_accounts: PROBE_ACCOUNTS },
  inShell: true,
  isAbsent: (fact) => fact === null,
  script: (questions) => commandLine(['probe_accounts', ...questions.map((question) => question.subject)]),
  read(stdout, questions) {
    const lines = stdout.toString('utf8').split('\n')
    return questions.map((_, i) => {
      const line = lines[i] ?? ''
      if (line === 'none') return null
      if (!/^\d{1,15}$/.test(line)) throw new GarbledAnswer('the answer about accounts is incomplete')
      return Number(line)
    })
  },
}

const numberOf = (base: 'passwd' | 'group', name: string | undefined): Probe<AccountFact> | undefined =>
  name === undefined || name === 'root' || /^\d+$/.test(name) ? undefined : probe(accountKind, `${base}:${name}`, null)

/**
 * Probes for the numbers of an owner and a group, for `differs`.
 *
 * @param asked - The names that the task was given.
 * @returns `ownerId` and `groupId`, left out for numbers, `root` and what was not given.
 */
export function accountIds({
  owner,
  group,
}: {
  readonly owner?: string | undefined
  readonly group?: string | undefined
}): {
  readonly ownerId?: Probe<AccountFact>
  readonly groupId?: Probe<AccountFact>
} {
  const ownerId = numberOf('passwd', owner)
  const groupId = numberOf('group', group)
  return { ...(ownerId && { ownerId }), ...(groupId && { groupId }) }
}
