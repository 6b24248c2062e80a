// The files by which a runtime finds a registry: its mirrors, its certificate authority, its credentials.
import { patchToml } from '../../task/index.ts'

/** Another place from which the images of a registry are fetched. */
export interface RegistryMirror {
  readonly url: string
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** How a runtime gets images of a registry. */
export interface RegistrySettings {
  /** The host, and the port if it is not that of https: `docker.io`, `registry.example.org:5000`. */
  readonly registry: string
  readonly runtime?: 'containerd' | 'crio' | undefined
  /** In the order in which they are asked, before the registry itself. */
  readonly mirrors?: readonly RegistryMirror[] | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly plainHttp?: boolean | undefined
}

/** Where containerd looks for registries: `config_path` of its CRI plug-in. */
export const CONTAINERD_REGISTRIES = '/etc/containerd/certs.d'
/** Where CRI-O finds the credentials, as its drop-in says. */
const CRIO_AUTH = '/etc/crio/registry-auth.json'
const CRIO_DROP_IN = '/etc/crio/crio.conf.d/20-registry-auth.conf'

/** The paths of a registry's files on a node: what names it, its CA, its credentials where they have files of their own. */
export function registryPaths({ registry, runtime = 'containerd', mirrors = [] }: RegistrySettings) {
  const directory = `${CONTAINERD_REGISTRIES}/${registry}`
  return runtime === 'containerd'
    ? { main: `${directory}/hosts.toml`, cas: [`${directory}/ca.crt`] }
    : {
        main: `/etc/containers/registries.conf.d/50-${registry.replace(/[^A-Za-z0-9.-]/g, '_')}.conf`,
        cas: [registry, ...mirrors.map(({ url }) => hostOf(url))].map(
          (host) => `/etc/containers/certs.d/${host}/ca.crt`,
        ),
        auth: CRIO_AUTH,
        dropIn: CRIO_DROP_IN,
      }
}

/** One file as it should be. */
export interface RegistryFile {
  readonly path: string
  readonly content: string | Uint8Array
  readonly mode: '0600' | '0644'
}

/**
 * The files for a registry.
 *
 * @param settings - The registry.
 * @param ca - The certificates that its server and its mirrors are checked against; undefined: those of the system.
 * @param auth - For CRI-O, the text of the file with the credentials of all registries; empty where there is none.
 * @returns The files; or undefined where `auth` is not such a file.
 */
export function registryFiles(
  settings: RegistrySettings,
  ca: Uint8Array | undefined,
  auth: string,
): readonly RegistryFile[] | undefined {
  const paths = registryPaths(settings)
  const cas = ca === undefined ? [] : paths.cas.map((path) => ({ path, content: ca, mode: '0644' as const }))
  if (paths.auth === undefined) {
    const secret = accounts(settings).length > 0
    return [
      ...cas,
      { path: paths.main, content: hostsToml(settings, ca && paths.cas[0]), mode: secret ? '0600' : '0644' },
    ]
  }
  const main = { path: paths.main, content: registriesConf(settings), mode: '0644' as const }
  if (accounts(settings).length === 0) return [...cas, main]
  const merged = mergeAuth(auth, settings)
  const dropIn = `# Credentials of registries, written by crane-play.\n[crio.image]\nglobal_auth_file = "${CRIO_AUTH}"\n`
  return merged === undefined
    ? undefined
    : [
        ...cas,
        main,
        { path: paths.auth, content: merged, mode: '0600' },
        { path: paths.dropIn, content: dropIn, mode: '0644' },
      ]
}

const basic = ({ username = '', password = '' }: { username?: string | undefined; password?: string | undefined }) =>
  Buffer.from(`${username}:${password}`).toString('base64')

const hostOf = (url: string) => url.replace(/^https?:\/\//, '').replace(/\/.*$/, '')

/** Host and account, of the registry and its mirrors that have one. */
const accounts = ({ registry, mirrors = [], ...own }: RegistrySettings) =>
  [{ host: registry, ...own }, ...mirrors.map((mirror) => ({ host: hostOf(mirror.url), ...mirror }))].filter(
    ({ username }) => username !== undefined,
  )

const serverOf = ({ registry, plainHttp = false }: RegistrySettings) =>
  registry === 'docker.io' ? 'https://registry-1.docker.io' : `${plainHttp ? 'http' : 'https'}://${registry}`

/** https://github.com/containerd/containerd/blob/main/docs/hosts.md */
function hostsToml(settings: RegistrySettings, ca: string | undefined): string {
  const access = (account: RegistryMirror | RegistrySettings) => ({
    ...(ca !== undefined && { ca }),
    ...(account.username !== undefined && { header: { authorization: ['Basic', basic(account)].join(' ') } }),
  })
  const server = serverOf(settings)
  // containerd does not send the header of the top level, so a registry with an account is listed as its own mirror.
  const places = [
    ...(settings.mirrors ?? []),
    ...(settings.username === undefined ? [] : [{ ...settings, url: server }]),
  ]
  const host = Object.fromEntries(
    places.map((place) => [place.url, { capabilities: ['pull', 'resolve'], ...access(place) }]),
  )
  // Without the table, an empty one too, containerd 1.7 takes nothing of the file but the certificate beside it.
  const tree = { server, ...(ca !== undefined && { ca }), host }
  const patched = patchToml('', tree)
  return patched.ok ? patched.text : ''
}

/** containers-registries.conf(5). */
function registriesConf({ registry, mirrors = [], plainHttp = false }: RegistrySettings): string {
  const lines = ['[[registry]]', `prefix = "${registry}"`, `location = "${registry}"`, `insecure = ${plainHttp}`]
  for (const { url } of mirrors)
    lines.push(
      '',
      '[[registry.mirror]]',
      `location = "${url.replace(/^https?:\/\//, '')}"`,
      `insecure = ${url.startsWith('http:')}`,
    )
  return `${lines.join('\n')}\n`
}

/** containers-auth.json(5): the accounts of other registries stay. */
function mergeAuth(text: string, settings: RegistrySettings): string | undefined {
  let file: unknown
  try {
    file = text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return undefined
  const { auths = {} } = file as { auths?: Readonly<Record<string, unknown>> }
  const given = Object.fromEntries(accounts(settings).map((account) => [account.host, { auth: basic(account) }]))
  return `${JSON.stringify({ ...file, auths: { ...auths, ...given } }, null, 2)}\n`
}
