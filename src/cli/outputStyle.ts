// Decides from the command line, the environment and the streams how a run is shown.
import type { OutputChoice } from './commandLine.ts'

export interface OutputStyle {
  readonly reporter: 'terminal' | 'plain' | 'jsonl'
  readonly colorOut: boolean
  readonly colorErr: boolean
}

export interface OutputSituation {
  readonly output: OutputChoice
  /** False: `--no-color`. */
  readonly color: boolean
  readonly stdoutTTY: boolean
  readonly stderrTTY: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Live rows need a terminal on stderr that understands cursor movement, and nobody who records it (`CI`).
 * Colours: `--no-color`, then NO_COLOR (any text), then FORCE_COLOR (any but 0 and false), then each stream by itself.
 */
export function outputStyle({ output, color, stdoutTTY, stderrTTY, env }: OutputSituation): OutputStyle {
  const dumb = env['TERM'] === 'dumb'
  const recorded = isSet(env['CI'])
  const live = output === 'auto' && stderrTTY && !dumb && !recorded
  const forced = env['FORCE_COLOR']
  const wanted =
    !color || (env['NO_COLOR'] ?? '') !== '' ? false : forced === undefined ? undefined : isSet(forced, true)
  const allowed = (tty: boolean) => wanted ?? (tty && !dumb && !recorded)
  const reporter = output === 'jsonl' ? 'jsonl' : live ? 'terminal' : 'plain'
  return { reporter, colorOut: reporter !== 'jsonl' && allowed(stdoutTTY), colorErr: allowed(stderrTTY) }
}

function isSet(value: string | undefined, empty = false): boolean {
  if (value === undefined) return false
  return value === '' ? empty : value !== '0' && value !== 'false'
}
