/** What a host with a faked GPU shows: the PCI files that detection reads, and the device nodes. */
import { expect, test } from 'vitest'
import { fakeGpuFiles, fakeGpus, pciConfiguration } from '../../lab/fakeGpu.ts'

test.each([
  ['nvidia', '0x10de\n', '0x030200\n', 'nvidia0 195 0\nnvidiactl 195 255\n'],
  ['ascend', '0x19e5\n', '0x120000\n', 'davinci0 236 0\ndavinci_manager 237 0\n'],
  ['amd', '0x1002\n', '0x038000\n', 'kfd 238 0\ndri/renderD128 226 128\n'],
] as const)('%s', (kind, vendor, pciClass, nodes) => {
  const files = fakeGpuFiles(kind)
  expect(files.get('opt/lab/gpu/pci/0000:3b:00.0/vendor')).toBe(vendor)
  expect(files.get('opt/lab/gpu/pci/0000:3b:00.0/class')).toBe(pciClass)
  expect(files.get('opt/lab/gpu/nodes')).toBe(nodes)
})

test('the configuration space is little-endian', () => {
  const bytes = pciConfiguration(fakeGpus.nvidia)
  expect([...bytes.subarray(0, 4), ...bytes.subarray(10, 12)]).toEqual([0xde, 0x10, 0xb2, 0x20, 0x02, 0x03])
})
