/** What newer builds of craned ask of the runtime before they start, with their own words for a refusal. */

/** Set by a unit drop-in; the default is the build of this project's facts, which asks nothing. */
export const isNewer = (env: NodeJS.ProcessEnv = process.env): boolean => env['CRANE_STAND_IN'] === 'newer'

/** `X.Y.Z`, with a suffix after `-` or `+`: a Debian version such as 1.7.24~ds1 is none. */
const VERSION = /^v?(\d+)\.(\d+)\.\d+(?:[-+][0-9A-Za-z.-]+)?$/

/** Why container jobs cannot run with this runtime; undefined when they can. */
export function refuseRuntime(name: string, version: string): string | undefined {
  const [, major = -1, minor = -1] = (VERSION.exec(version) ?? []).map(Number)
  const isOld = name === 'containerd' && (major < 1 || (major === 1 && minor < 7))
  if (major >= 0 && !isOld) return undefined
  return `Container runtime version '${version}' is unsupported; container jobs require containerd 1.7.0 or newer.`
}
