// Reads the times that stat and systemctl print, to microseconds since the epoch.
import { GarbledAnswer } from './probe.ts'

/** `1795492679.123456`, as stat prints `%.6Z`: seconds since the epoch. Throws `GarbledAnswer`. */
export function readEpoch(text: string): number {
  if (!/^-?\d{1,12}\.\d{6}$/.test(text)) throw new GarbledAnswer(`not a time: ${JSON.stringify(text.slice(0, 60))}`)
  return Number(text.replace('.', ''))
}

/** `Tue 2026-11-24 03:37:59.123456 UTC`, as systemctl prints it with TZ=UTC. */
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
