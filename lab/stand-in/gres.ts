/** Generic resources: what a node has by the configuration, what a job asks for, and which devices it gets. */
import { expandHostList } from './hostList.ts'
import { Refusal } from './refusal.ts'
import type { YamlNode } from './yamlNode.ts'

export interface Gres {
  name: string
  type: string
  /** Device files of each device. */
  devices: string[][]
  /** The CDI name of each device, or none at all. */
  cdi: string[]
}

/** `Nodes[].gres`, by the rules that end a daemon. */
export const readGres = (list: YamlNode): Gres[] =>
  list.items().map((entry) => {
    const [name, type] = [entry.get('name').text(''), entry.get('type').text('')]
    if (name === '' || type === '') throw new Refusal('A gres needs a name and a type.')
    const files = [...expanded(entry.get('DeviceFileRegex')), ...listed(entry.get('DeviceFileList'))]
    const cdi = [...expanded(entry.get('DeviceCDIRegex')), ...listed(entry.get('DeviceCDIList'))]
    if (files.length === 0) throw new Refusal(`The gres ${name}:${type} has no device files.`)
    if (cdi.length > 0 && cdi.length !== files.length)
      throw new Refusal(`The gres ${name}:${type} has ${files.length} devices and ${cdi.length} CDI names.`)
    return { name, type, devices: files.map((device) => device.split(',').map((file) => file.trim())), cdi }
  })

const listed = (list: YamlNode): string[] => list.items().map((item) => item.text())

function expanded(value: YamlNode): string[] {
  if (!value.defined) return []
  const list = expandHostList(value.text())
  if ('error' in list) throw new Refusal(list.error)
  return list.names
}

const idOf = ({ name, type }: Gres, index: number): string => `${name}:${type}:${index}`

/**
 * The devices that a node gives a job for `--gres`, of those that are not `taken`; undefined where they are too few.
 * `asked` is a comma list of `name:count` and `name:type:count`.
 */
export function takeDevices(has: readonly Gres[], taken: ReadonlySet<string>, asked: string): string[] | undefined {
  const given: string[] = []
  for (const one of asked.split(',').filter(Boolean)) {
    const [name = '', ...rest] = one.split(':')
    const count = Number(rest.pop() ?? 1)
    const free = has
      .filter((gres) => gres.name === name && (rest[0] ?? gres.type) === gres.type)
      .flatMap((gres) => gres.devices.map((_, index) => idOf(gres, index)))
      .filter((id) => !taken.has(id) && !given.includes(id))
    if (free.length < count) return undefined
    given.push(...free.slice(0, count))
  }
  return given
}

/** By which names the runtime knows devices; those without a CDI name are left to hooks. */
export const cdiNames = (has: readonly Gres[], devices: readonly string[]): string[] =>
  has.flatMap((gres) => gres.cdi.filter((_, index) => devices.includes(idOf(gres, index))))
