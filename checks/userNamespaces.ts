// User namespaces of containers: the kernel, subordinate ids, and BindFs where a file system cannot map ids.
import { CRANE_CONFIG, craneConfigFile, type CraneMap, defineChecks, isOlder, mapAt, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { reading, textFile } from 'crane-play/task'

// Those with subordinate ids, and all who can submit: with `Managed` a user gets ids with the first pod only.
const ACCOUNTS = `{
  cut -d: -f1 /etc/subuid 2>/dev/null | sort -u | head -n 200 | xargs -r -d '\\n' getent passwd
  timeout 5 getent passwd | awk -F: '$3 >= 1000 && $3 != 65534 && $7 !~ /(nologin|false)$/'
} | cut -d: -f1,3,4 | sort -u | head -n 2000`

const PROGRAMS = `for key in BindfsBinary FusermountBinary; do
  path=$(sed -n "s/^ *$key: *//p" ${CRANE_CONFIG} | tr -d "\\"'" | sed 's/ *#.*//' | head -n 1)
  case $path in /*) [ -x "$path" ] && echo "$key here" || echo "$key missing $path" ;; *) echo "$key relative $path" ;; esac
done
[ -c /dev/fuse ] && echo fuse`

export default defineChecks({
  title: 'user namespaces',
  on: ['compute'],
  observe: () => ({
    config: textFile(CRANE_CONFIG),
    subuid: textFile('/etc/subuid'),
    subgid: textFile('/etc/subgid'),
    kernel: reading('doctor kernel', 'read -r release </proc/sys/kernel/osrelease; echo "$release"'),
    accounts: reading('doctor subuid accounts', ACCOUNTS),
    programs: reading('doctor bindfs', PROGRAMS),
    ...runtimeProbes,
  }),
  read: ({ config, subuid, subgid, kernel, accounts, programs, ...answers }) => {
    const container = craneConfigFile(config)?.container
    if (!container || container['Enabled'] !== true) return undefined
    return {
      // The default of CraneSched is true.
      userns: container['UserNsEnabledByDefault'] !== false,
      subId: mapAt(container, 'SubId'),
      bindFs: mapAt(container, 'BindFs'),
      uids: ranges(subuid),
      gids: ranges(subgid),
      kernel: kernel.trim(),
      accounts: new Map([...accounts.matchAll(/^(.+):(\d+):(\d+)$/gm)].map(([, user = '', uid, gid]) => [user, { uid: Number(uid), gid: Number(gid) }])),
      programs,
      containerd: nodeRuntime(answers).used === 'containerd' ? nodeRuntime(answers).containerd?.version : undefined,
    }
  },
  checks: [
    {
      name: 'kernelTooOldForUserNamespaces',
      symptom: 'craned logs an error when it starts, and mounts of containers are refused',
      cause: 'user namespaces of containers need Linux 5.12',
      fix: 'use a newer kernel, or set userns to false and run configuration.yml',
      find: ({ userns, kernel }) => (userns && isOlder(kernel, '5.12') ? `Linux ${kernel}` : undefined),
    },
    {
      name: 'subIdsMissing',
      symptom: 'the pod of every user fails: missing subuid/subgid ranges',
      cause: 'containers have user namespaces by default, CraneSched does not manage subordinate ids, and the node has none',
      fix: 'set container_settings.SubId, or userns to false, and run configuration.yml',
      find: ({ userns, subId, uids, gids }) => (userns && subId['Managed'] !== true && (uids.size === 0 || gids.size === 0) ? 'no entries in /etc/subuid or /etc/subgid' : undefined),
    },
    {
      name: 'subIdsDiffer',
      symptom: 'the pod of some users fails: SubId mismatch',
      cause: 'a user has other subordinate ids in /etc/subuid than CraneSched computes; useradd writes such lines',
      fix: 'remove the lines of these users from /etc/subuid and /etc/subgid',
      find: ({ userns, subId, uids, gids, accounts }) => {
        if (!userns || subId['Managed'] !== true) return undefined
        const differs = (key: string, idOf: (user: string) => number | undefined) => ([user, ranges]: readonly [string, readonly string[]]) => {
          const id = idOf(user)
          const wanted = id === undefined ? undefined : rangeOf(id, subId[key])
          return wanted !== undefined && (ranges.length !== 1 || ranges[0] !== wanted)
        }
        const wrong = [...[...uids].filter(differs('UidMappings', (user) => accounts.get(user)?.uid)), ...[...gids].filter(differs('GidMappings', (user) => accounts.get(user)?.gid))]
        return wrong.length > 0 ? wrong.slice(0, 5).map(([user, ranges]) => `${user}:${ranges.join(' and ')}`).join(', ') : undefined
      },
    },
    {
      name: 'usersNotMapped',
      symptom: 'the pod of some users fails: not covered by Container.SubId.UidMappings',
      cause: 'the mappings of `Container.SubId` do not reach the ids of all users',
      fix: 'extend UidMappings and GidMappings',
      find: ({ userns, subId, accounts }) => {
        if (!userns || subId['Managed'] !== true) return undefined
        const left = [...accounts].filter(([, { uid, gid }]) => uid >= 1000 && (rangeOf(uid, subId['UidMappings']) === undefined || rangeOf(gid, subId['GidMappings']) === undefined))
        return left.length > 0 ? left.slice(0, 5).map(([user, { uid, gid }]) => `${user} (${uid}:${gid})`).join(', ') : undefined
      },
    },
    {
      name: 'subIdsDifferBetweenNodes',
      symptom: "a user's container has other rights on one node than on another",
      cause: 'nodes have different subordinate ids, which CraneSched does not manage',
      fix: 'give all compute nodes the same /etc/subuid and /etc/subgid, or set container_settings.SubId',
      compare: (hosts) => {
        const textOf = (ids: Ranges) => [...ids].map(([user, of]) => `${user}:${of.join('+')}`).toSorted().join(',')
        const unmanaged = hosts.filter(({ facts }) => facts.userns && facts.subId['Managed'] !== true)
        const alike = new Map<string, typeof unmanaged>()
        for (const one of unmanaged) {
          const ids = [textOf(one.facts.uids), textOf(one.facts.gids)].join(';')
          alike.set(ids, [...(alike.get(ids) ?? []), one])
        }
        // What most nodes have is what was meant.
        const [most = [], ...others] = [...alike.values()].toSorted((a, b) => b.length - a.length)
        return others.flat().map(({ host }) => [host.name, `they differ from those of ${most[0]?.host.name}`] as const)
      },
    },
    {
      name: 'mountsNeedNewerContainerd',
      symptom: 'a container with a user namespace and a mount does not start, or the mount belongs to nobody in it',
      cause: 'containers have user namespaces by default, and containerd before 2.0 does not map the ids of mounts; BindFs is off',
      fix: 'install containerd 2, enable BindFs, or set userns to false',
      playbook: 'bindfs.yml',
      find: ({ userns, bindFs, containerd }) => (userns && bindFs['Enabled'] !== true && containerd !== undefined && isOlder(containerd, '2.0') ? `containerd ${containerd}` : undefined),
    },
    {
      name: 'bindFsMissing',
      symptom: 'a container with a mount does not start: spawn failed',
      cause: 'BindFs is enabled, and its program, fusermount3 or /dev/fuse is missing; CraneSched does not search for programs',
      fix: 'install bindfs and fuse3, and write absolute paths',
      playbook: 'bindfs.yml',
      find: ({ bindFs, programs }) => {
        if (bindFs['Enabled'] !== true) return undefined
        const wrong = [...programs.matchAll(/^(\w+) (missing|relative) ?(.*)$/gm)].map(([, key, what, path]) => `${key} is ${what}${path ? ` (${path})` : ''}`)
        return [...wrong, ...(/^fuse$/m.test(programs) ? [] : ['/dev/fuse is missing'])].join(', ') || undefined
      },
    },
    {
      name: 'bindFsDirectoryShared',
      symptom: 'users lose access to a directory of the node',
      cause: 'CraneSched gives the directory of BindFs to root with mode 0700',
      fix: 'set MountBaseDir to a directory of its own, such as /mnt/crane',
      find: ({ bindFs }) => (bindFs['Enabled'] === true && /^\/(home|tmp|mnt|var|srv|opt|usr|etc)?\/?$/.test(String(bindFs['MountBaseDir'] ?? '/mnt/crane')) ? `MountBaseDir: ${String(bindFs['MountBaseDir'])}` : undefined),
    },
  ],
})

type Ranges = ReadonlyMap<string, readonly string[]>

function ranges(file: { readonly type: string; readonly text?: string | null }): Ranges {
  const all = new Map<string, string[]>()
  for (const [, user = '', range = ''] of (file.text ?? '').matchAll(/^([^:#\n]+):(\d+:\d+)$/gm)) all.set(user, [...(all.get(user) ?? []), range])
  return all
}

/** `start:count` of what CraneSched computes for the id; undefined where no mapping covers it. */
function rangeOf(id: number, mappings: unknown): string | undefined {
  for (const one of Array.isArray(mappings) ? (mappings as CraneMap[]) : []) {
    const [first, count, start, size] = ['Id', 'IdCount', 'SubIdStart', 'SubIdSize'].map((key) => Number(one[key]))
    if (first === undefined || count === undefined || start === undefined || size === undefined) continue
    if (id >= first && id < first + count) return `${start + (id - first) * size}:${size}`
  }
  return undefined
}
