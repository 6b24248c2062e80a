// Which version of containerd's configuration a file is of, and whether its tables are those of that version.

type Table = Readonly<Record<string, unknown>>

/** Where the settings of the CRI plug-in are, by version. Source: containerd's docs/cri/config.md and RELEASES.md. */
export interface CriTables {
  readonly version: 2 | 3 | 4
  /** The plug-in that has the streams: the same in all versions. */
  readonly streams: string
  /** The plug-in that has runtimes, CNI and CDI. */
  readonly runtime: string
  /** The plug-in that has the registries. */
  readonly images: string
  /** The file has no version yet, and nothing whose meaning the version changes. */
  readonly adds: boolean
}

export type ReadVersion =
  | { readonly ok: true; readonly tables: CriTables }
  | {
      readonly ok: false
      readonly cause: string
      readonly hint: string
      /** containerd 2 itself can print the file in its own version. */
      readonly migrates?: true
    }

const GRPC_CRI = 'io.containerd.grpc.v1.cri'
const CRI_RUNTIME = 'io.containerd.cri.v1.runtime'
const CRI_IMAGES = 'io.containerd.cri.v1.images'

/** The names by which CRI is switched off; `cri` is that of version 1. */
export const CRI_PLUGINS: readonly string[] = ['cri', GRPC_CRI, CRI_RUNTIME, CRI_IMAGES]

const isFullName = (name: string) => /^io\.containerd\..+\.v\d/.test(name)

const tableIn = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {}

const namesIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []

/** Takes the values of a file and returns its tables, or why it cannot be edited. */
export function readContainerdVersion(values: Table): ReadVersion {
  const { version } = values
  const plugins = Object.keys(tableIn(values['plugins']))
  const short = plugins.filter((name) => !isFullName(name))
  if (version === undefined || version === 0 || version === 1) return readFirstVersion(values, plugins)
  if (version !== 2 && version !== 3 && version !== 4) {
    return {
      ok: false,
      cause: `version ${JSON.stringify(version)} of containerd's configuration is not known; 2, 3 and 4 are`,
      hint: 'set the keys by hand, or use a release of crane-play that knows this version',
    }
  }
  if (short.length > 0) {
    return {
      ok: false,
      cause: `version ${version} has full plug-in names, and the file has [plugins.${short[0]}], which containerd refuses or ignores`,
      hint:
        short[0] === 'cri'
          ? `rename the table to [plugins.'${GRPC_CRI}'], or move its keys where version ${version} has them`
          : `rename the table to its full name, as \`containerd config default\` prints it`,
    }
  }
  const listed = [...namesIn(values['disabled_plugins']), ...namesIn(values['required_plugins'])]
  const unknown = listed.find((name) => !isFullName(name) && name !== 'cri')
  if (unknown !== undefined) return shortInList(unknown, String(version))
  return { ok: true, tables: tablesOf(version, false) }
}

/** A file without a version, such as that of the vendor's package: read as version 1. */
function readFirstVersion(values: Table, plugins: readonly string[]): ReadVersion {
  if (values['version'] !== undefined || plugins.length > 0) {
    return {
      ok: false,
      cause: "the file is of version 1 of containerd's configuration, whose tables have other names",
      hint: 'install containerd 2, which migrates it; or move the file away for a new one',
      migrates: true,
    }
  }
  const listed = [...namesIn(values['disabled_plugins']), ...namesIn(values['required_plugins'])]
  const unknown = listed.find((name) => !isFullName(name) && name !== 'cri')
  return unknown === undefined ? { ok: true, tables: tablesOf(2, true) } : shortInList(unknown, '2')
}

const shortInList = (name: string, version: string): ReadVersion => ({
  ok: false,
  cause: `version ${version} has full plug-in names, and a list of plug-ins in the file has '${name}'`,
  hint: "write the plug-in's full name, as `containerd plugins ls` prints type and id",
})

const tablesOf = (version: 2 | 3 | 4, adds: boolean): CriTables => ({
  version,
  streams: GRPC_CRI,
  runtime: version === 2 ? GRPC_CRI : CRI_RUNTIME,
  images: version === 2 ? GRPC_CRI : CRI_IMAGES,
  adds,
})
