/** Writes POSIX ustar archives in memory: enough for container images of a few megabytes. */

export interface TarEntry {
  /** Path without a leading slash, at most 100 bytes. */
  path: string
  /** Content of a regular file; absent for directories and links. */
  data?: Buffer
  /** Target of a symbolic link. */
  link?: string
  mode?: number
}

const block = 512

/** One archive of all entries, in order. Times and owners are zero, so equal entries give equal bytes. */
export function tarArchive(entries: TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const data = entry.data ?? Buffer.alloc(0)
    return [header(entry, data.length), data, Buffer.alloc((block - (data.length % block)) % block)]
  })
  return Buffer.concat([...parts, Buffer.alloc(block * 2)])
}

function header(entry: TarEntry, size: number): Buffer {
  const type = entry.link !== undefined ? '2' : entry.data !== undefined ? '0' : '5'
  const path = type === '5' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path
  if (Buffer.byteLength(path) > 100) throw new RangeError(`a tar entry's path has at most 100 bytes: ${path}`)
  const head = Buffer.alloc(block)
  const octal = (value: number, at: number, width: number) =>
    head.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at)
  head.write(path, 0)
  octal(entry.mode ?? (type === '5' ? 0o755 : 0o644), 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  head.write(type, 156)
  head.write(entry.link ?? '', 157)
  head.write('ustar\u000000', 257)
  // The checksum counts its own field as blanks.
  head.fill(' ', 148, 156)
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return head
}
