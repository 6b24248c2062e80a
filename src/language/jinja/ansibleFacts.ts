// Facts by the names that Ansible has for them, and those of this language.
import { BINDING, type CelText } from './celText.ts'

interface FactName {
  /** Without `ansible_`, or behind `ansible_facts.`. */
  readonly name: string
  readonly cel: string
  readonly binding?: number
  /** Values that are spelt otherwise there. */
  readonly values?: Readonly<Record<string, string>>
  /** Empty here where Ansible does not define it. */
  readonly empty?: true
}

const FAMILIES = { RedHat: 'redhat', Debian: 'debian', Suse: 'suse', Archlinux: 'arch', Alpine: 'alpine' }
const DISTRIBUTIONS = {
  AlmaLinux: 'almalinux',
  Amazon: 'amzn',
  CentOS: 'centos',
  Debian: 'debian',
  Fedora: 'fedora',
  OracleLinux: 'ol',
  RedHat: 'rhel',
  Rocky: 'rocky',
  SLES: 'sles',
  Ubuntu: 'ubuntu',
  openEuler: 'openEuler',
  'openSUSE Leap': 'opensuse-leap',
}
const MAY_BE_EMPTY = { empty: true } as const
const MIB = { binding: BINDING.product }

/** A table: what each is called in Ansible, and what says the same here. */
export const ANSIBLE_FACTS: readonly FactName[] = [
  { name: 'os_family', cel: 'facts.os.family', values: FAMILIES },
  { name: 'distribution', cel: 'facts.os.id', values: DISTRIBUTIONS },
  { name: 'distribution_version', cel: 'facts.os.version', ...MAY_BE_EMPTY },
  { name: 'distribution_release', cel: 'facts.os.codename', ...MAY_BE_EMPTY },
  { name: 'distribution_major_version', cel: "facts.os.version.split('.')[0]" },
  { name: 'lsb.codename', cel: 'facts.os.codename', ...MAY_BE_EMPTY },
  { name: 'lsb.description', cel: 'facts.os.pretty' },
  { name: 'hostname', cel: 'facts.hostname' },
  { name: 'nodename', cel: 'facts.hostname' },
  { name: 'fqdn', cel: 'facts.fqdn' },
  { name: 'kernel', cel: 'facts.kernel' },
  { name: 'architecture', cel: 'facts.architecture' },
  { name: 'machine', cel: 'facts.architecture' },
  { name: 'system', cel: "'Linux'" },
  { name: 'service_mgr', cel: 'facts.serviceManager' },
  { name: 'pkg_mgr', cel: 'facts.packageManager', ...MAY_BE_EMPTY, values: { dnf5: 'dnf', yum: 'dnf' } },
  { name: 'selinux.mode', cel: 'facts.selinux' },
  { name: 'selinux.status', cel: "(facts.selinux == 'disabled' ? 'disabled' : 'enabled')" },
  { name: 'memtotal_mb', cel: 'facts.memory.total / 1048576', ...MIB },
  { name: 'memory_mb.real.total', cel: 'facts.memory.total / 1048576', ...MIB },
  { name: 'swaptotal_mb', cel: 'facts.memory.swap / 1048576', ...MIB },
  { name: 'processor_vcpus', cel: 'facts.cpu.count' },
  { name: 'processor_nproc', cel: 'facts.cpu.count' },
  { name: 'virtualization_type', cel: 'facts.virtualization' },
  { name: 'virtualization_role', cel: "(facts.virtualization == 'none' ? 'host' : 'guest')" },
  { name: 'default_ipv4.address', cel: 'facts.addresses.default', ...MAY_BE_EMPTY },
  { name: 'interfaces', cel: 'facts.addresses.interfaces.map(i, i)' },
  { name: 'user_id', cel: 'facts.login.user' },
  { name: 'user_uid', cel: 'facts.login.uid' },
  { name: 'user_dir', cel: 'facts.login.home' },
  { name: 'env.HOME', cel: 'facts.login.home' },
]

const BY_NAME = new Map(ANSIBLE_FACTS.map((fact) => [fact.name, fact]))

const bare = (path: string): string => path.replace(/^ansible_(facts\.)?/, '').replace(/^ansible_/, '')

/** `ansible_default_ipv4.address`, `ansible_facts.distribution` as it is written here. */
export function factInCel(path: string): CelText | undefined {
  const fact = path.startsWith('ansible_') ? BY_NAME.get(bare(path)) : undefined
  return fact && { text: fact.cel, binding: fact.binding ?? BINDING.access, ...(fact.empty && { empty: true }) }
}

/** Whether there are Ansible's facts below the name. */
export const isFactPath = (path: string): boolean =>
  path === 'ansible_facts' ||
  (path.startsWith('ansible_') && ANSIBLE_FACTS.some(({ name }) => name.startsWith(`${bare(path)}.`)))

/** What is compared with a fact, its strings as they are spelt here. */
export function withOurValues({ text: fact }: CelText, other: CelText): CelText {
  const values = ANSIBLE_FACTS.find(({ cel, values: own }) => own && cel === fact)?.values
  if (!values) return other
  const text = other.text.replace(/(['"])([^'"\\]*)\1/g, (all, quote: string, value: string) =>
    Object.hasOwn(values, value) ? `${quote}${values[value]}${quote}` : all,
  )
  return { ...other, text }
}

const THINGS: Readonly<Record<string, string>> = {
  'ansible_facts.packages': 'installed',
  'ansible_facts.services': 'exists',
}

/** `'x' in ansible_facts.packages`, `ansible_facts.packages['x'] is defined`. */
export function isThere(key: CelText, all: CelText): CelText | undefined {
  const field = Object.hasOwn(THINGS, all.text) ? THINGS[all.text] : undefined
  if (field === undefined) return undefined
  return { text: `facts.${field === 'exists' ? 'service' : 'package'}[${key.text}].${field}`, binding: BINDING.access }
}
