// Exit statuses: one number, one meaning.
import type { RunEvent } from '../model/runEvent.ts'

export const EXIT = {
  well: 0,
  mistake: 1,
  failed: 2,
  changed: 3,
  unreachable: 4,
  bug: 70,
} as const

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

export interface ExitFlags {
  readonly detailedExitcode: boolean
  /** The signal that interrupted the run. */
  readonly signal?: string
}

/** For a run that began. A run that never said how it ended is a bug. */
export function exitStatus(
  ended: Pick<Extract<RunEvent, { type: 'run-ended' }>, 'recap'> | undefined,
  flags: ExitFlags,
): number {
  if (flags.signal !== undefined) return signalStatus(flags.signal)
  if (!ended) return EXIT.bug
  const hosts = Object.values(ended.recap)
  if (hosts.some((counts) => counts.failed > 0)) return EXIT.failed
  if (hosts.some((counts) => counts.unreachable > 0)) return EXIT.unreachable
  const changes = hosts.some((counts) => counts.changed > 0 || counts.undecided > 0)
  return flags.detailedExitcode && changes ? EXIT.changed : EXIT.well
}

/** 128 and the signal's number, as shells say it. */
export function signalStatus(signal: string): number {
  return 128 + (SIGNAL_NUMBERS[signal] ?? 0)
}

export function exitStatusHelp(): string {
  return `
Exit status:
  0    success
  1    the command, the inventory or a playbook is wrong; no host was touched
  2    at least one host failed
  3    with --detailed-exitcode: success, and something changed or would change;
       doctor: it found something
  4    no host failed, but at least one was unreachable
  129  interrupted by SIGHUP
  130  interrupted by SIGINT (Ctrl-C)
  143  interrupted by SIGTERM
  70   a bug in crane-play
`
}
