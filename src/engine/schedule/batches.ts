// `serial`: the hosts of a play in turns of given sizes.

/**
 * The last size repeats. A percentage is of all the hosts, exact (29% of 100 is 29), rounded down, at least 1.
 */
export function batchesOf<T>(
  hosts: readonly T[],
  serial: readonly (number | { readonly percent: number })[] = [],
): readonly (readonly T[])[] {
  if (serial.length === 0) return hosts.length ? [hosts] : []
  const batches: (readonly T[])[] = []
  for (let start = 0, turn = 0; start < hosts.length; turn++) {
    const wanted = serial[Math.min(turn, serial.length - 1)] ?? hosts.length
    const size = typeof wanted === 'number' ? wanted : Math.floor((wanted.percent * hosts.length) / 100)
    const end = start + Math.max(1, size)
    batches.push(hosts.slice(start, end))
    start = end
  }
  return batches
}
