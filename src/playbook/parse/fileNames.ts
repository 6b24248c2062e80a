// A file name with `{{ … }}`: the files that it can stand for, whatever the hosts make of it.
import { readdirSync } from 'node:fs'
import { pathBeside } from '../../model/namedFile.ts'
import { splitTemplate } from '../../language/splitTemplate.ts'

/** The names in a directory; none where there is no such directory. */
export type ListDirectory = (path: string) => readonly string[]

export const listOnDisk: ListDirectory = (path) => {
  try {
    return readdirSync(path).sort()
  } catch {
    return []
  }
}

/** Stands for one expression: no name of a file holds it. */
const HOLE = '\0'

/** The name with a `*` in place of each expression, as a person would write it. */
export const fileGlob = (text: string): string => holesOf(text).replaceAll(HOLE, '*')

/** Paths of the files whose names fit, with anything but a `/` in place of each expression. `from`: the file that names them. */
export function filesNamedBy(text: string, from: string, list: ListDirectory): readonly string[] {
  const segments = pathBeside(from, holesOf(text)).split('/')
  let found = ['']
  for (const [depth, segment] of segments.entries()) {
    const last = depth === segments.length - 1
    found = found.flatMap((before) => {
      const path = (name: string) => (depth === 0 ? name : `${before}/${name}`)
      if (!segment.includes(HOLE) && !last) return [path(segment)]
      const directory = depth === 0 ? '.' : before || '/'
      return list(directory).filter(fitting(segment)).map(path)
    })
  }
  return found
}

/** What is wrong with the expressions is reported when they are compiled. */
function holesOf(text: string): string {
  const parts = splitTemplate(text)
  return 'message' in parts ? text : parts.map((part) => (part.kind === 'text' ? part.text : HOLE)).join('')
}

function fitting(segment: string): (name: string) => boolean {
  const parts = segment.split(HOLE).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`^${parts.join('.+')}$`)
  return (name) => pattern.test(name) && (!name.startsWith('.') || segment.startsWith('.'))
}
