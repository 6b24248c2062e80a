// A value of which some parts are not known: whether who reads it looks at one of them.
import type { Json } from '../../model/inventory.ts'
import { escapePointer } from '../../language/compileTemplate.ts'

export interface Watched {
  /** Equal to what was given. */
  readonly value: Json
  /** Whether a part that is not known was read. */
  wasRead(): boolean
}

/** `holes`: JSON pointers of the parts. */
export function watchReads(whole: Json, holes: readonly string[]): Watched {
  let read = holes.includes('')
  const watch = (value: Json, pointer: string): Json => {
    if (typeof value !== 'object' || value === null || !holes.some((hole) => hole.startsWith(`${pointer}/`)))
      return value
    const copy = (Array.isArray(value) ? [] : {}) as Record<string, Json>
    for (const [key, inner] of Object.entries(value)) {
      const at = `${pointer}/${escapePointer(key)}`
      const part = watch(inner, at)
      const get = () => {
        read ||= holes.includes(at)
        return part
      }
      Object.defineProperty(copy, key, { get, enumerable: true })
    }
    return copy
  }
  return { value: watch(whole, ''), wasRead: () => read }
}
