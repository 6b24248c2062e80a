// Which file systems can show files under other ids to a container, by the kernel that can do so first.

/** From the kernel's release notes (mount_setattr with MOUNT_ATTR_IDMAP). Network and parallel file systems cannot. */
const SINCE: Readonly<Record<string, string>> = {
  ext4: '5.12',
  xfs: '5.12',
  vfat: '5.12',
  btrfs: '5.15',
  f2fs: '5.18',
  erofs: '5.19',
  overlay: '5.19',
  tmpfs: '6.3',
  ceph: '6.7',
}

/** The kernel that user namespaces with mounts begin with; craned warns below it. */
export const OLDEST_KERNEL = '5.12'

/** A mount source and its file system. */
export interface MountSource {
  readonly path: string
  /** `ext4`, `nfs4`, `lustre`. */
  readonly type: string
}

/**
 * Takes /proc/self/mounts and the paths; returns the file system of each: that of the longest mount point above it, and of
 * several at one point the last.
 */
export function mountSources(mounts: string, paths: readonly string[]): readonly MountSource[] {
  const points = mounts.split('\n').flatMap((line) => {
    const [, point, type] = line.split(' ')
    return point === undefined || type === undefined
      ? []
      : [
          {
            point: point.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
            type,
          },
        ]
  })
  return paths.map((path) => {
    const above = points.filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    const longest = Math.max(...above.map(({ point }) => point.length))
    return { path, type: above.findLast(({ point }) => point.length === longest)?.type ?? 'unknown' }
  })
}

/** Takes a file system and `uname -r`; returns why it cannot map ids, undefined where it can. */
export function cannotMapIds(type: string, kernel: string): string | undefined {
  const since = SINCE[type]
  if (since === undefined) return `${type} does not map ids`
  return isOlderKernel(kernel, since) ? `${type} maps ids from Linux ${since} on, and this is ${kernel}` : undefined
}

/** Whether a release such as `5.10.0-30-amd64` is older than `5.12`. */
export function isOlderKernel(release: string, than: string): boolean {
  const [major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(release) ?? []).slice(1).map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = than.split('.').map(Number)
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}
