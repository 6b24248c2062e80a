// Decides whether failures of several hosts are the same: host-specific parts are removed before the comparison.
import type { Failure } from '../model/result.ts'

/** Addresses, keys, times, process ids. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\bSHA256:[A-Za-z0-9+/]{20,}=*/g, '<key>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\b/g, '<time>'],
  [/\b\d+(?:\.\d+)? m?s\b/g, '<time>'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi, '<address>'],
  [/(?<=\w)\[\d+\](?=:)/g, '[<pid>]'],
]

const general = (text: string, host: string): string => {
  const named = text.replaceAll(new RegExp(`(?<![\\w.-])${escape(host)}(?![\\w-])`, 'g'), '<host>')
  return VARIABLE.reduce((now, [pattern, word]) => now.replaceAll(pattern, word), named)
}

const escape = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/** The failure without what is only this host's. `stillRunning` always differs and does not belong to the cause. */
function generalFailure(failure: Failure, host: string): Failure {
  const { cause, tried, lastLines, hint, exitStatus } = failure
  return {
    cause: general(cause, host),
    ...(tried !== undefined && { tried: general(tried, host) }),
    ...(exitStatus !== undefined && { exitStatus }),
    ...(lastLines !== undefined && { lastLines: general(lastLines, host) }),
    ...(hint !== undefined && { hint: general(hint, host) }),
  }
}

/** The same for failures that are shown once. */
export const failureKey = (failure: Failure | undefined, host: string): string =>
  failure ? JSON.stringify(generalFailure(failure, host)) : ''

/** One failure for all: as it is where they are equal, else without what differs. */
export function commonFailure(failures: readonly (readonly [host: string, failure: Failure])[]): Failure {
  const [first] = failures
  if (!first) return { cause: 'no cause was given' }
  const [host, failure] = first
  const own = JSON.stringify(failure)
  return failures.every(([, other]) => JSON.stringify(other) === own) ? failure : generalFailure(failure, host)
}
