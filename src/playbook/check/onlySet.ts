// Leaves out fields that have no value: an absent field and an undefined one are two things in these types.

/** The fields that have a value. */
export function onlySet<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
