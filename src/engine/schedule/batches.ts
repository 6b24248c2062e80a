// `serial`: the batches of a play’s hosts, by number, by percentage, or by the value of a variable.
import type { BatchSize, PlaySpec } from '../../model/playbook.ts'

/** `valueOf` reads a host's variable, for `serial: { by: … }`. */
export function batchesOf<T>(
  hosts: readonly T[],
  serial: PlaySpec['serial'],
  valueOf: (host: T, variable: string) => unknown,
): readonly (readonly T[])[] {
  if (hosts.length === 0) return []
  if (serial === undefined) return [hosts]
  return 'by' in serial ? batchesBy(hosts, (host) => valueOf(host, serial.by)) : batchesOfSizes(hosts, serial)
}

/** Hosts with the same value together, in the order in which the values first appear. */
function batchesBy<T>(hosts: readonly T[], valueOf: (host: T) => unknown): readonly (readonly T[])[] {
  const batches = new Map<string, T[]>()
  for (const host of hosts) {
    const key = JSON.stringify(valueOf(host) ?? null)
    const batch = batches.get(key)
    if (batch) batch.push(host)
    else batches.set(key, [host])
  }
  return [...batches.values()]
}

/**
 * The last size repeats. A percentage is of all the hosts, exact (29% of 100 is 29), rounded down, at least 1.
 */
function batchesOfSizes<T>(hosts: readonly T[], sizes: readonly BatchSize[]): readonly (readonly T[])[] {
  if (sizes.length === 0) return [hosts]
  const batches: (readonly T[])[] = []
  for (let start = 0, turn = 0; start < hosts.length; turn++) {
    const wanted = sizes[Math.min(turn, sizes.length - 1)] ?? hosts.length
    const size = typeof wanted === 'number' ? wanted : Math.floor((wanted.percent * hosts.length) / 100)
    const end = start + Math.max(1, size)
    batches.push(hosts.slice(start, end))
    start = end
  }
  return batches
}
