// Reads the times that stat and systemctl print.
import { GarbledAnswer } from './probe.ts'

/** `2026-11-24 03:37:59.123456789 +0000`, as stat prints it with TZ=UTC, to microseconds since the epoch. */
export function readTimestamp(text: string): number {
  const match = /(\d{4}-\d\d-\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/.exec(text)
  if (!match) throw new GarbledAnswer(`not a time: ${JSON.stringify(text.slice(0, 60))}`)
  const [, day = '', hours, minutes, seconds, fraction = ''] = match
  const ofDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  const start = startOf(day)
  if (Number.isNaN(start) || ofDay > 86_400) throw new GarbledAnswer(`not a time: ${JSON.stringify(text.slice(0, 60))}`)
  return start + ofDay * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** The last day asked for, and the microseconds at which it begins: the files of one host are mostly of one day. */
let lastDay: readonly [day: string, start: number] = ['', 0]

function startOf(day: string): number {
  if (lastDay[0] !== day) lastDay = [day, Date.parse(day) * 1000]
  return lastDay[1]
}
