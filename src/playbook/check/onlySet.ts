// Drops fields without a value: an absent field and an undefined one differ in these types.

/** The fields that have a value. */
export function onlySet<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
