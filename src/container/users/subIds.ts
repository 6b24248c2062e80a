// Subordinate ids for user namespaces: what CraneSched computes from its mappings, and what a node's files say.

/** Ids and the subordinate ids of each, as `Container.SubId.UidMappings` has them. */
export interface SubIdMapping {
  readonly Id: number
  readonly IdCount: number
  readonly SubIdStart: number
  readonly SubIdSize: number
}

/** A range of subordinate ids. */
export interface SubIdRange {
  readonly start: number
  readonly count: number
}

/** A local account of a node. */
export interface LocalAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const MOST = 4294967295

/** What CraneSched ends with when it starts: one sentence each. */
export function mappingMistakes(mappings: readonly SubIdMapping[]): readonly string[] {
  const mistakes = mappings
    .filter(({ IdCount, SubIdStart, SubIdSize }) => SubIdStart + IdCount * SubIdSize - 1 > MOST)
    .map(({ Id }) => `the mapping from id ${Id} on goes beyond ${MOST}`)
  const overlap = (what: string, range: (mapping: SubIdMapping) => SubIdRange) =>
    mappings.flatMap((one, i) =>
      mappings
        .slice(i + 1)
        .filter((other) => meet(range(one), range(other)))
        .map((other) => `the mappings from id ${one.Id} and from id ${other.Id} on have ${what} in common`),
    )
  return [
    ...mistakes,
    ...overlap('ids', ({ Id, IdCount }) => ({ start: Id, count: IdCount })),
    ...overlap('subordinate ids', whole),
  ]
}

const whole = ({ IdCount, SubIdStart, SubIdSize }: SubIdMapping): SubIdRange => ({
  start: SubIdStart,
  count: IdCount * SubIdSize,
})

const meet = (a: SubIdRange, b: SubIdRange) => a.start < b.start + b.count && b.start < a.start + a.count

/** The range of one id; undefined where no mapping covers it. */
export function subIdRange(mappings: readonly SubIdMapping[], id: number): SubIdRange | undefined {
  const mapping = mappings.find(({ Id, IdCount }) => id >= Id && id < Id + IdCount)
  return mapping && { start: mapping.SubIdStart + (id - mapping.Id) * mapping.SubIdSize, count: mapping.SubIdSize }
}

/** The accounts of /etc/passwd. */
export const localAccounts = (passwd: string): readonly LocalAccount[] =>
  [...passwd.matchAll(/^([^:\n#]+):[^:\n]*:(\d+):(\d+):/gm)].map(([, name = '', uid, gid]) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
  }))

interface Line extends SubIdRange {
  readonly owner: string
}

/** subuid(5): an owner is a name or an id. */
const linesOf = (text: string): readonly Line[] =>
  [...text.matchAll(/^([^:\n#]+):(\d+):(\d+)$/gm)].map(([, owner = '', start, count]) => ({
    owner,
    start: Number(start),
    count: Number(count),
  }))

/** What a file of subordinate ids should become, and what is wrong with it. */
export interface SubIdFile {
  readonly text: string
  readonly problems: readonly string[]
}

/**
 * Compares one of the two files with the mappings.
 *
 * @param path - Its path, for messages.
 * @param text - Its text; empty where it does not exist.
 * @param mappings - The mappings of its kind of ids.
 * @param accounts - The node's accounts, with the id that the mappings are about.
 * @param users - Names whose lines are added where they are missing.
 * @param replace - Lines that differ from the mappings are replaced.
 */
export function compareSubIds(
  path: string,
  text: string,
  mappings: readonly SubIdMapping[],
  accounts: readonly { readonly name: string; readonly id: number }[],
  users: readonly string[],
  replace: boolean,
): SubIdFile {
  const problems: string[] = []
  const lines = linesOf(text)
  const added: string[] = []
  const wrong = new Set<string>()
  const covered = new Set<string>()
  for (const { name, id } of accounts) {
    const range = subIdRange(mappings, id)
    if (!range) continue
    const own = lines.filter(({ owner }) => owner === name || owner === String(id))
    for (const { owner } of own) covered.add(owner)
    const right = own.length === 1 && own[0]?.start === range.start && own[0].count === range.count
    if (right || (own.length === 0 && !users.includes(name))) continue
    if (own.length > 0 && !replace) {
      const has = own.map(({ start, count }) => `${start}:${count}`).join(' and ')
      problems.push(`${name} has ${has} in ${path}, and the mappings give ${range.start}:${range.count}`)
      continue
    }
    for (const { owner } of own) wrong.add(owner)
    added.push(`${name}:${range.start}:${range.count}\n`)
  }
  for (const line of lines)
    if (!covered.has(line.owner) && mappings.some((mapping) => meet(line, whole(mapping))))
      problems.push(`${line.owner} has ${line.start}:${line.count} in ${path}, which the mappings give to others`)
  for (const user of users) {
    const account = accounts.find(({ name }) => name === user)
    if (!account) problems.push(`the node has no local user ${user}`)
    else if (!subIdRange(mappings, account.id)) problems.push(`no mapping covers ${user}, whose id is ${account.id}`)
  }
  const kept = text.replace(/^([^:\n#]+):\d+:\d+\n?/gm, (line, owner: string) => (wrong.has(owner) ? '' : line))
  const end = kept === '' || kept.endsWith('\n') || added.length === 0 ? '' : '\n'
  return { text: `${kept}${end}${added.join('')}`, problems }
}
