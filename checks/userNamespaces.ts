// User namespaces of containers: the kernel, subordinate ids, and BindFs where a file system cannot map ids.
import { CRANE_CONFIG, craneConfigFile, type CraneMap, defineChecks, isOlder, mapAt } from 'crane-play/container'
import { reading, textFile } from 'crane-play/task'

const ACCOUNTS = `cut -d: -f1 /etc/subuid 2>/dev/null | sort -u | head -n 200 | while read -r user; do getent passwd "$user" | cut -d: -f1,3; done`

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
  }),
  read: ({ config, subuid, subgid, kernel, accounts, programs }) => {
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
      accounts: new Map(accounts.split('\n').filter(Boolean).map((line) => line.split(':') as [string, string])),
      programs,
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
      find: ({ userns, subId, uids, accounts }) => {
        if (!userns || subId['Managed'] !== true) return undefined
        const wrong = [...uids].filter(([user, ranges]) => {
          const uid = Number(accounts.get(user))
          const wanted = Number.isNaN(uid) ? undefined : rangeOf(uid, subId['UidMappings'])
          return wanted !== undefined && (ranges.length !== 1 || ranges[0] !== wanted)
        })
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
        const left = [...accounts].filter(([, uid]) => Number(uid) >= 1000 && rangeOf(Number(uid), subId['UidMappings']) === undefined)
        return left.length > 0 ? left.slice(0, 5).map(([user, uid]) => `${user} (${uid})`).join(', ') : undefined
      },
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
