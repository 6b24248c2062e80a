/** Faked GPUs of a host: a PCI listing and device nodes without a driver behind them, for whoever looks for hardware. */

interface FakeGpu {
  vendor: number
  device: number
  /** PCI class: 0x0302 a 3D controller, 0x1200 a processing accelerator, 0x0380 another display controller. */
  class: number
  /** Character devices below /dev: path, major, minor. Opening one fails, since no driver has it. */
  nodes: readonly (readonly [path: string, major: number, minor: number])[]
}

export const fakeGpus = {
  nvidia: {
    vendor: 0x10de,
    device: 0x20b2,
    class: 0x0302,
    nodes: [
      ['nvidia0', 195, 0],
      ['nvidiactl', 195, 255],
    ],
  },
  ascend: {
    vendor: 0x19e5,
    device: 0xd802,
    class: 0x1200,
    nodes: [
      ['davinci0', 236, 0],
      ['davinci_manager', 237, 0],
    ],
  },
  amd: {
    vendor: 0x1002,
    device: 0x740f,
    class: 0x0380,
    nodes: [
      ['kfd', 238, 0],
      ['dri/renderD128', 226, 128],
    ],
  },
} as const satisfies Readonly<Record<string, FakeGpu>>
export type FakeGpuKind = keyof typeof fakeGpus

/** Where a host keeps the listing that its start puts over /sys/bus/pci/devices. */
const DIRECTORY = 'opt/lab/gpu'
const ADDRESS = '0000:3b:00.0'

const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}\n`

/** The first 64 bytes of a function's configuration space: what lspci reads. */
export function pciConfiguration(gpu: FakeGpu): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt16LE(gpu.vendor, 0)
  bytes.writeUInt16LE(gpu.device, 2)
  bytes.writeUInt16LE(gpu.class, 10)
  return bytes
}

/** Path in the host's root → content, for one GPU of that kind. */
export function fakeGpuFiles(kind: FakeGpuKind): ReadonlyMap<string, string | Buffer> {
  const gpu: FakeGpu = fakeGpus[kind]
  const at = (file: string) => `${DIRECTORY}/pci/${ADDRESS}/${file}`
  return new Map<string, string | Buffer>([
    [at('vendor'), hex(gpu.vendor, 4)],
    [at('device'), hex(gpu.device, 4)],
    [at('class'), hex(gpu.class << 8, 6)],
    [at('irq'), '0\n'],
    [at('resource'), '0x0000000000000000 0x0000000000000000 0x0000000000000000\n'.repeat(7)],
    [at('config'), pciConfiguration(gpu)],
    [`${DIRECTORY}/nodes`, gpu.nodes.map((node) => `${node.join(' ')}\n`).join('')],
    [`${DIRECTORY}/README`, `A faked ${kind} GPU of crane-play's lab: no driver, no device.\n`],
  ])
}
