/** The packages of the RPM hosts' own repository: files of Debian packages in RPMs, and small ones that carry a trap. */

export interface RpmPackage {
  name: string
  /** Left out: that of the first Debian package repacked. */
  version?: string
  epoch?: number
  /** Debian packages whose files go in, with those they depend on that an RPM host does not have. */
  debian?: string
  /** Instead of `debian`: .deb files of the image's repository, by the beginnings of their names. */
  files?: readonly string[]
  provides?: readonly string[]
  requires?: readonly string[]
  conflicts?: readonly string[]
  obsoletes?: readonly string[]
  /** A service of this name that only sleeps, since the program itself is of no use in a lab. */
  sleeps?: string
  /** Its .deb files are made from what `tools` builds: left out where nothing is built. */
  built?: true
  /** Below the repository's directory; default `base`. */
  repository?: string
}

const containerd = (generation: string, file: string): RpmPackage => ({
  name: 'containerd.io',
  files: [file, 'runc_'],
  provides: ['containerd', 'runc'],
  repository: `containerd-${generation}`,
})

/** Release and file names end so, as in the RHEL family's ninth generation. */
export const RELEASE = '1.el9'

export const rpmPackages: readonly RpmPackage[] = [
  containerd('1.6', 'containerd_1.6'),
  containerd('1.7', 'containerd_1.7'),
  containerd('2.1', 'containerd_2.1'),
  { ...containerd('2.3', 'containerd_2.3'), built: true },
  { name: 'cri-o', files: ['cri-o_', 'runc_'], requires: ['conmon', 'skopeo'], built: true },
  ...['bindfs', 'fuse3', 'jq', 'tree', 'less', 'lsof', 'firewalld', 'nftables', 'conmon', 'skopeo'].map((debian) => ({
    name: debian,
    debian,
  })),
  { name: 'etcd', debian: 'etcd-server' },
  { name: 'pciutils', debian: 'pciutils' },
  // An older version of a package beside a newer one.
  { name: 'tree', version: '1.8.0' },
  // A service under another name than its package; an epoch of its own.
  { name: 'chrony', version: '4.5', epoch: 1, provides: ['ntp-daemon'], sleeps: 'chronyd' },
  { name: 'bind-utils', version: '9.16.23', epoch: 32 },
  // Two packages that provide the same name, and a third that needs it.
  { name: 's-nail', version: '14.9.22', provides: ['mailx'] },
  { name: 'mail-reports', version: '1.0', requires: ['mailx'] },
  // Installing the new one takes the old one away; the two others cannot be there together.
  { name: 'lab-old-agent', version: '1.0' },
  { name: 'lab-agent', version: '1.0' },
  { name: 'lab-agent', version: '2.0', obsoletes: ['lab-old-agent < 2'], provides: ['lab-old-agent = 2.0'] },
  { name: 'lab-podman', version: '1.0', conflicts: ['lab-docker'] },
  { name: 'lab-docker', version: '1.0', conflicts: ['lab-podman'] },
  { name: 'cri-tools', version: '1.34.0' },
]
