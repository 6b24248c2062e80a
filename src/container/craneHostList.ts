// CraneSched's host lists, `crane[01-04],login1`, as its daemons expand them, and where they surprise.
// Source: ParseHostList in CraneSched's src/Utilities/PublicHeader/String.cpp, and internal/util/string.go of its front end.

/** The names of a host list; `traps`: what reads otherwise than it looks. */
export interface CraneHostList {
  readonly names: readonly string[]
  readonly traps: readonly string[]
}

/** More names than this are not a list that somebody meant. */
const MOST = 100_000

/** Takes the text of a host list and returns its names, or undefined where CraneSched refuses it. */
export function expandCraneHosts(list: string): CraneHostList | undefined {
  const items = split(list.replaceAll(' ', ''))
  if (!items) return undefined
  const traps = new Set<string>()
  const names: string[] = []
  if (items.includes('')) traps.add(`'${list}' has an empty item, which the commands take for a host`)
  for (const item of items) {
    if (item === '') continue
    const expanded = expandItem(item, traps)
    if (!expanded || names.length + expanded.length > MOST) return undefined
    names.push(...expanded)
  }
  return { names, traps: [...traps] }
}

function split(text: string): string[] | undefined {
  const items = ['']
  let open = false
  for (const letter of text) {
    if ((letter === '[' && open) || (letter === ']' && !open)) return undefined
    if (letter === '[') open = true
    if (letter === ']') open = false
    if (letter === ',' && !open) items.push('')
    else items[items.length - 1] += letter
  }
  return open ? undefined : items
}

function expandItem(item: string, traps: Set<string>): readonly string[] | undefined {
  const parts = item.split(/[[\]]/)
  const tail = parts.at(-1) ?? ''
  if (parts.length > 1 && tail !== '' && !tail.startsWith('.')) {
    traps.add(`'${item}' is one literal name: only a domain may follow the last bracket`)
    return [item]
  }
  if (parts.length > 1 && parts[0] === '') traps.add(`'${item}' has no prefix: the commands take it for nothing`)
  if (item.includes('][')) traps.add(`'${item}' has adjacent brackets: the commands take it for nothing`)
  let names = ['']
  for (const [i, part] of parts.entries()) {
    const choices = i % 2 === 0 ? [part] : expandRanges(part, item, traps)
    if (!choices || names.length * choices.length > MOST) return undefined
    names = names.flatMap((name) => choices.map((choice) => name + choice))
  }
  return names
}

function expandRanges(text: string, item: string, traps: Set<string>): readonly string[] | undefined {
  const all: string[] = []
  for (const range of text.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range)
    if (!match) return undefined
    const [, first = '', last] = match
    if (last === undefined) {
      all.push(first)
      continue
    }
    if (Number(last) < Number(first)) traps.add(`'${item}' runs backwards and names nothing`)
    if (last.length !== first.length && first.startsWith('0'))
      traps.add(`'${item}' is padded to the width of ${first}: ${last} has another`)
    if (Number(last) - Number(first) > MOST) return undefined
    for (let n = Number(first); n <= Number(last); n++) all.push(String(n).padStart(first.length, '0'))
  }
  return all
}
