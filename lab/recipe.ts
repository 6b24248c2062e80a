/** What the lab's machine image is made of: the one place to change a package, and the source of the cache's key. */
import { createHash } from 'node:crypto'

/** Containerd generations a lab can offer, and the version pattern apt prefers for each. 2.3 is built by `tools`. */
export const containerdPins = { '1.6': '1.6.*', '1.7': '1.7.*', '2.1': '2.1.*', '2.3': '2.3.*' } as const
export type ContainerdGeneration = keyof typeof containerdPins

/** The container runtimes that a lab can be for. */
export const runtimes = ['containerd', 'crio'] as const
export type Runtime = (typeof runtimes)[number]

export const recipe = {
  /** Bump when the way the image is built changes, not only its parts. */
  revision: 6,
  suite: 'bookworm',
  /** python3 is absent on purpose: a target of crane-play needs none. */
  include: [
    'systemd',
    'systemd-sysv',
    'dbus',
    'openssh-server',
    'iproute2',
    'ca-certificates',
    'procps',
    'kmod',
    'sudo',
    'iptables',
    'busybox-static',
    'containernetworking-plugins',
  ],
  /** Packages of the hosts' own repository, with what they depend on. */
  offered: [
    'runc',
    'bindfs',
    'fuse3',
    'curl',
    'jq',
    'tree',
    'hello',
    'less',
    'file',
    'lsof',
    'pciutils',
    'firewalld',
    'nftables',
    'ufw',
    'conmon',
    'skopeo',
    'chrony',
    'docker-registry',
    'apache2-utils',
    'openssl',
    'etcd-server',
    'etcd-client',
  ],
  /** Newer containerds install on bookworm as they are: they need libc6 2.34 at most. */
  containerdFrom: { '1.6': 'bookworm', '1.7': 'trixie', '2.1': 'forky' },
  masked: [
    'console-getty.service',
    'getty@.service',
    'systemd-networkd.service',
    'systemd-resolved.service',
    'systemd-timesyncd.service',
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    'dpkg-db-backup.timer',
    'e2scrub_all.timer',
    'e2scrub_reap.service',
    'fstrim.timer',
    'systemd-udevd.service',
    'systemd-udev-trigger.service',
    'systemd-modules-load.service',
    'sys-kernel-debug.mount',
    'sys-kernel-tracing.mount',
    'sys-kernel-config.mount',
    'systemd-logind.service',
    'nftables.service',
  ],
  /** `admin` may sudo with its password, `ops` without one; `crane` owns cranectld, as CraneSched's package has it. */
  accounts: [
    'useradd --system --home-dir /var/crane --shell /usr/sbin/nologin crane',
    'useradd --create-home --shell /bin/bash --uid 1001 admin',
    'useradd --create-home --shell /bin/bash --uid 1002 ops',
    'echo admin:lab-secret | chpasswd',
    'usermod --lock root',
  ],
} as const

/** Directory name of the image in the cache: changes with anything above. */
export const imageKey = (): string => createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12)
