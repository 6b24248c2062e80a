// The names of devices that CDI specifications define: what a job's container may ask for.
import { parseYaml, type Probe, reading } from '../../task/index.ts'

/** Where runtimes look for specifications: https://github.com/cncf-tags/container-device-interface. */
export const CDI_DIRECTORIES: readonly string[] = ['/etc/cdi', '/var/run/cdi']

/** A directory's later file wins over an earlier one of the same device; for names that does not matter. */
export interface CdiNames {
  readonly names: readonly string[]
  /** Files that are not specifications, which runtimes leave out without a word. */
  readonly broken: readonly string[]
}

const MARK = '==== specification '

/** All specifications of a host, one after the other. JSON is YAML too. */
export const cdiSpecifications: Probe<string> = reading(
  'cdi',
  `for f in ${CDI_DIRECTORIES.map((directory) => `${directory}/*.json ${directory}/*.yaml`).join(' ')}; do
  [ -r "$f" ] && echo "${MARK}$f" && cat -- "$f" && echo
done`,
  { changes: true },
)

/** Takes what the probe reads and returns the names, `nvidia.com/gpu=0`, in the order of the files. */
export function cdiNames(text: string): CdiNames {
  const names: string[] = []
  const broken: string[] = []
  for (const part of text.split(MARK).slice(1)) {
    const end = part.indexOf('\n')
    const spec = read(part.slice(end + 1))
    if (spec) names.push(...spec)
    else broken.push(part.slice(0, end))
  }
  return { names: [...new Set(names)], broken }
}

function read(text: string): readonly string[] | undefined {
  const spec = parseYaml(text) as { readonly kind?: unknown; readonly devices?: unknown } | undefined
  if (typeof spec?.kind !== 'string' || !Array.isArray(spec.devices)) return undefined
  return spec.devices.map((device: { readonly name?: unknown }) => `${String(spec.kind)}=${String(device?.name)}`)
}
