/** As much of the protobuf wire format as CRI's messages need, driven by small tables of field numbers. */

/** Field name → [number, kind]. `[]` after a kind means repeated; `map` is string → string. */
export type Shape = { readonly [field: string]: readonly [number, Kind] }
export type Kind = 'string' | 'string[]' | 'int' | 'map' | Shape | readonly [Shape]
export type Message = Record<string, unknown>

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

const chunk = (field: number, data: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | 2), varint(data.length), data])

/** Bytes of a message; absent, empty and zero fields are left out, as proto3 has it. */
export function encode(shape: Shape, message: Message): Buffer {
  const parts: Buffer[] = []
  for (const [name, [field, kind]] of Object.entries(shape)) {
    const value = message[name]
    if (value === undefined || value === '' || value === 0) continue
    if (kind === 'string') parts.push(chunk(field, Buffer.from(String(value))))
    else if (kind === 'string[]') for (const one of value as string[]) parts.push(chunk(field, Buffer.from(one)))
    else if (kind === 'int') parts.push(varint(field << 3), varint(Number(value)))
    else if (kind === 'map')
      for (const [key, one] of Object.entries(value as Record<string, string>))
        parts.push(chunk(field, encode({ key: [1, 'string'], value: [2, 'string'] }, { key, value: one })))
    else if (Array.isArray(kind))
      for (const one of value as Message[]) parts.push(chunk(field, encode(kind[0] as Shape, one)))
    else parts.push(chunk(field, encode(kind as Shape, value as Message)))
  }
  return Buffer.concat(parts)
}

/** Fields of a message that the shape names; unknown ones are stepped over. */
export function decode(shape: Shape, data: Buffer): Message {
  const message: Message = {}
  const names = new Map(Object.entries(shape).map(([name, [field, kind]]) => [field, { name, kind }]))
  let at = 0
  const number = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]
      if (byte === undefined) throw new RangeError('a protobuf message ends inside a number')
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(BigInt.asIntN(64, value))
    }
  }
  while (at < data.length) {
    const tag = number()
    const known = names.get(tag >>> 3)
    const wire = tag & 7
    if (wire === 0) {
      const value = number()
      if (known) message[known.name] = value
    } else if (wire === 2) {
      const length = number()
      const part = data.subarray(at, at + length)
      at += length
      if (known) add(message, known.name, known.kind, part)
    } else at += wire === 1 ? 8 : 4
  }
  return message
}

function add(message: Message, name: string, kind: Kind, part: Buffer): void {
  if (kind === 'string') message[name] = part.toString()
  else if (kind === 'string[]') message[name] = [...((message[name] as string[] | undefined) ?? []), part.toString()]
  else if (Array.isArray(kind))
    message[name] = [...((message[name] as Message[] | undefined) ?? []), decode(kind[0] as Shape, part)]
  else if (typeof kind === 'object') message[name] = decode(kind as Shape, part)
}
