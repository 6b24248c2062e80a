// `hostvars`: the variables of every host, put together only for the host that is looked at.
export type HostVariables = Readonly<Record<string, object>>

/** `more` gives what comes over a host's variables, asked once for each host; undefined: nothing. */
export function layHostVariables(
  before: HostVariables,
  more: (host: string) => Readonly<Record<string, unknown>> | undefined,
): HostVariables {
  const made = new Map<string, object>()
  const get = (_: HostVariables, name: string): object | undefined => {
    const vars = before[name]
    if (vars === undefined) return undefined
    let merged = made.get(name)
    if (!merged) made.set(name, (merged = { ...vars, ...more(name) }))
    return merged
  }
  // A frozen target would have to show its own values.
  return new Proxy(Object.isFrozen(before) ? { ...before } : before, { get: get as never })
}
