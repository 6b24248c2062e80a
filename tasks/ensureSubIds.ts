// ensureSubIds: the files of subordinate ids agree with CraneSched's mappings, and users have their lines.
import {
  compareSubIds,
  isOlderKernel,
  localAccounts,
  mappingMistakes,
  OLDEST_KERNEL,
  type SubIdFile,
} from 'crane-play/container'
import {
  Account,
  change,
  defineTask,
  explainWriteFailure,
  type FileFact,
  ok,
  predictFile,
  reading,
  refuse,
  refuseType,
  replaceFile,
  textDiff,
  textFile,
  Type,
} from 'crane-play/task'

const UID = '/etc/subuid'
const GID = '/etc/subgid'
const Count = (description: string, minimum: number) => Type.Integer({ description, minimum, maximum: 4294967295 })
const Mappings = (what: string) =>
  Type.Array(
    Type.Object({
      Id: Count(`The first ${what}.`, 0),
      IdCount: Count(`How many.`, 1),
      SubIdStart: Count('The first subordinate id of the first of them.', 0),
      SubIdSize: Count('How many subordinate ids each has.', 1),
    }),
    { description: `As in \`Container.SubId\` of CraneSched's configuration, for each ${what}.`, minItems: 1 },
  )

export default defineTask({
  name: 'ensureSubIds',
  summary:
    "Compares /etc/subuid and /etc/subgid with CraneSched's mappings for user namespaces, and adds the lines of users.",
  params: Type.Object({
    uidMappings: Mappings('user id'),
    gidMappings: Type.Optional(Mappings('primary group id')),
    users: Type.Optional(
      Type.Array(Account('A local user.'), {
        description:
          'Users who get their lines, where CraneSched does not manage them (`Managed: false`). Default: none, only what is there is compared.',
      }),
    ),
    replace: Type.Optional(
      Type.Boolean({
        description: 'Replace lines that differ, such as those of useradd. Files of containers keep their old ids.',
        default: false,
      }),
    ),
  }),
  check: ({ uidMappings, gidMappings = [] }) => [
    ...mappingMistakes(uidMappings).map((message) => ({ path: '/uidMappings', message })),
    ...mappingMistakes(gidMappings).map((message) => ({ path: '/gidMappings', message })),
  ],
  writes: () => [UID, GID],
  observe: () => ({
    subuid: textFile(UID),
    subgid: textFile(GID),
    passwd: textFile('/etc/passwd'),
    kernel: reading('kernel', 'uname -r'),
  }),
  decide({ params, observed: { subuid, subgid, passwd, kernel }, context }) {
    const { uidMappings, gidMappings = uidMappings, users = [], replace = false } = params
    const wrong = refuseType(UID, subuid, 'file') ?? refuseType(GID, subgid, 'file')
    if (wrong) return wrong
    const accounts = localAccounts(textOf(passwd))
    const compare = (
      path: string,
      fact: FileFact,
      mappings: typeof uidMappings,
      id: 'uid' | 'gid',
      replaced: boolean,
    ): SubIdFile =>
      compareSubIds(
        path,
        textOf(fact),
        mappings,
        accounts.map((one) => ({ name: one.name, id: one[id] })),
        users,
        replaced,
      )
    const both = (replaced: boolean) => {
      const uids = compare(UID, subuid, uidMappings, 'uid', replaced)
      const gids = compare(GID, subgid, gidMappings, 'gid', replaced)
      return { uids, gids, problems: [...new Set([...uids.problems, ...gids.problems])] }
    }
    const { uids, gids, problems } = both(replace)
    if (problems.length > 0)
      return refuse(
        `pods of these users would fail: ${problems.join('; ')}`,
        both(true).problems.length === 0
          ? 'change the mappings, or add `replace: true` where the old lines can go'
          : "change the mappings, the users' lines or `users`",
      )
    const warnings = isOlderKernel(kernel, OLDEST_KERNEL)
      ? [`user namespaces with mounts need Linux ${OLDEST_KERNEL} or newer, and this is ${kernel.trim()}`]
      : []
    const files = [
      { name: 'subuid' as const, path: UID, fact: subuid, text: uids.text },
      { name: 'subgid' as const, path: GID, fact: subgid, text: gids.text },
    ].filter(({ fact, text }) => textOf(fact) !== text)
    if (files.length === 0) return ok({ note: 'the mappings and the files agree', warnings })
    return change({
      note: `write ${files.map(({ path }) => path).join(' and ')}`,
      diffs: files.map(({ path, fact, text }) => textDiff(path, fact.type === 'file' ? textOf(fact) : null, text)),
      after: Object.fromEntries(
        files.map(({ name, fact, text }) => [name, predictFile(fact, text, context.predictedTime)]),
      ) as { readonly subuid?: FileFact },
      plan: files.map(({ path, fact, text }) => ({ path, content: text, seen: fact })),
      warnings,
    })
  },
  apply: ({ plan }) => plan.map((file) => replaceFile(file)),
  explain: (failed) => explainWriteFailure(failed, UID),
})

const textOf = (fact: FileFact) => (fact.type === 'file' ? (fact.text ?? '') : '')
