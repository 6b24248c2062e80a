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
    if (!merged) made.set(name, (merged = layOver(vars, more(name))))
    return merged
  }
  // A frozen target would have to show its own values.
  return new Proxy(Object.isFrozen(before) ? { ...before } : before, { get: get as never })
}

/** Hosts whose variables hold some that are evaluated when they are read. */
const lazy = new WeakSet<object>()

export const hasGetters = (vars: object): boolean => lazy.has(vars)

/** `evaluated` has getters, and they are kept: a value is made when somebody reads it. */
export function withGetters(vars: object, evaluated: object): object {
  const made = Object.defineProperties({ ...vars }, Object.getOwnPropertyDescriptors(evaluated))
  lazy.add(made)
  return made
}

function layOver(vars: object, more: object | undefined): object {
  if (!lazy.has(vars)) return { ...vars, ...more }
  const made = Object.defineProperties({}, Object.getOwnPropertyDescriptors(vars))
  if (more) Object.defineProperties(made, Object.getOwnPropertyDescriptors(more))
  lazy.add(made)
  return made
}
