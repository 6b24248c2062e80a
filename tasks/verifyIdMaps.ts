// verifyIdMaps: which directories a container with a user namespace can mount, and which need BindFs for that.
import { cannotMapIds, mountSources } from 'crane-play/container'
import { AbsolutePath, defineTask, ok, reading, refuse, Type } from 'crane-play/task'

export default defineTask({
  name: 'verifyIdMaps',
  summary:
    'Reports which directories are on file systems that cannot map user ids: containers with a user namespace need BindFs to mount those.',
  params: Type.Object({
    paths: Type.Array(AbsolutePath('A directory.'), {
      description: 'Directories that users mount into containers.',
      minItems: 1,
      examples: [['/home', '/scratch']],
    }),
    bindfs: Type.Optional(
      Type.Boolean({
        description: 'Whether BindFs is used: then it must be there, and nothing is warned of.',
        default: false,
      }),
    ),
  }),
  result: Type.Object({
    needsBindfs: Type.Boolean(),
    paths: Type.Array(Type.String(), { description: 'The directories that need it.' }),
  }),
  observe: () => ({
    mounts: reading('mounts', 'cat /proc/self/mounts', { changes: true }),
    kernel: reading('kernel', 'uname -r'),
    programs: reading(
      'bindfsPrograms',
      `[ -x /usr/bin/bindfs ] && echo /usr/bin/bindfs; [ -x /usr/bin/fusermount3 ] && echo /usr/bin/fusermount3
[ -c /dev/fuse ] && echo /dev/fuse`,
      { changes: true },
    ),
  }),
  decide({ params: { paths, bindfs = false }, observed: { mounts, kernel, programs } }) {
    const release = kernel.trim()
    const reasons = mountSources(mounts, paths).flatMap(({ path, type }) => {
      const why = cannotMapIds(type, release)
      return why === undefined ? [] : [{ path, why }]
    })
    const there = programs.split('\n')
    const missing = ['/usr/bin/bindfs', '/usr/bin/fusermount3', '/dev/fuse'].filter((path) => !there.includes(path))
    if (bindfs && missing.length > 0)
      return refuse(
        `BindFs cannot work: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
        missing.includes('/dev/fuse') ? 'load the module fuse on the node' : 'install bindfs and fuse3',
      )
    return ok({
      note: reasons.length === 0 ? 'all of them map ids' : `BindFs for ${reasons.map(({ path }) => path).join(', ')}`,
      warnings: bindfs
        ? []
        : reasons.map(({ path, why }) => `${path} cannot be mounted with a user namespace unless BindFs is on: ${why}`),
      data: { needsBindfs: reasons.length > 0, paths: reasons.map(({ path }) => path) },
    })
  },
})
