// The files that name a package repository on a host, apt's deb822 sources or dnf's .repo file, and the key beside them.
import { sha256 } from '../content/sha256.ts'
import type { Download } from '../steps/download.ts'

/** A repository in apt's terms: sources.list(5). */
export interface AptRepository {
  readonly urls: string | readonly string[]
  /** A suite such as `bookworm`; one that ends with a slash is a directory without components. Default: `/`. */
  readonly suites?: readonly string[] | undefined
  readonly components?: readonly string[] | undefined
  readonly architectures?: readonly string[] | undefined
}

/** A repository in dnf's terms: dnf.conf(5). */
export interface DnfRepository {
  readonly urls: string | readonly string[]
  /** Whether the repository's own index is signed with the key too. */
  readonly signedIndex?: boolean | undefined
}

/** A repository for both package managers. */
export interface RepositorySettings {
  readonly name: string
  readonly apt?: AptRepository | undefined
  readonly dnf?: DnfRepository | undefined
  /** Where the host fetches the key, and its digest. */
  readonly keyUrl?: string | undefined
  readonly keySha256?: string | undefined
}

/** The paths of a repository's files: what apt and dnf read, and their keys. */
export const repositoryPaths = (name: string) =>
  ({
    source: `/etc/apt/sources.list.d/${name}.sources`,
    armored: `/etc/apt/keyrings/${name}.asc`,
    binary: `/etc/apt/keyrings/${name}.gpg`,
    repository: `/etc/yum.repos.d/${name}.repo`,
    key: `/etc/pki/rpm-gpg/RPM-GPG-KEY-${name}`,
  }) as const

/** The files of a repository as they should be. `fact`: their names in `repositoryPaths`. */
export interface WantedRepository {
  readonly file: { readonly fact: 'source' | 'repository'; readonly path: string; readonly text: string }
  /** Undefined where nothing need be signed. */
  readonly key?: {
    readonly fact: 'armored' | 'binary' | 'key'
    readonly path: string
    readonly sha256: string
    readonly content: Uint8Array | Download
  }
}

/**
 * The files that a host needs for a repository.
 *
 * @param settings - The repository.
 * @param manager - The host's package manager, for which the settings have a repository.
 * @param given - The key's content; undefined where the host fetches the key, or nothing is signed.
 */
export function wantedRepository(
  settings: RepositorySettings,
  manager: 'apt' | 'dnf',
  given: Uint8Array | undefined,
): WantedRepository {
  const { name, apt, dnf, keyUrl, keySha256 } = settings
  const paths = repositoryPaths(name)
  const content = given ?? (keyUrl !== undefined && keySha256 !== undefined && { url: keyUrl, sha256: keySha256 })
  const fact: NonNullable<WantedRepository['key']>['fact'] =
    manager === 'dnf' ? 'key' : isBinary(given, keyUrl) ? 'binary' : 'armored'
  const key = content
    ? { fact, path: paths[fact], sha256: given ? sha256(given) : (keySha256 ?? ''), content }
    : undefined
  const file =
    manager === 'apt'
      ? { fact: 'source' as const, text: aptSource(apt ?? { urls: [] }, key?.path) }
      : { fact: 'repository' as const, text: dnfRepository(name, dnf ?? { urls: [] }, key?.path) }
  return { file: { ...file, path: paths[file.fact] }, ...(key && { key }) }
}

/** apt takes the form of a key from its name. */
const isBinary = (given: Uint8Array | undefined, url: string | undefined): boolean =>
  given ? !Buffer.from(given.subarray(0, 64)).includes('-----BEGIN PGP') : (url?.endsWith('.gpg') ?? false)

const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)

const field = (name: string, values: readonly string[] | undefined) =>
  values?.length ? [`${name}: ${values.join(' ')}`] : []

const aptSource = ({ urls, suites, components, architectures }: AptRepository, key: string | undefined): string =>
  [
    'Types: deb',
    ...field('URIs', listed(urls)),
    ...field('Suites', suites ?? ['/']),
    ...field('Components', components),
    ...field('Architectures', architectures),
    key === undefined ? 'Trusted: yes' : `Signed-By: ${key}`,
    '',
  ].join('\n')

const dnfRepository = (name: string, { urls, signedIndex = false }: DnfRepository, key: string | undefined): string =>
  [
    `[${name}]`,
    `name=${name}`,
    `baseurl=${listed(urls).join('\n        ')}`,
    'enabled=1',
    `gpgcheck=${key === undefined ? 0 : 1}`,
    `repo_gpgcheck=${key !== undefined && signedIndex ? 1 : 0}`,
    ...(key === undefined ? [] : [`gpgkey=file://${key}`]),
    '',
  ].join('\n')
