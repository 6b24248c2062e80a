// facts.gpus: graphics and compute devices.
import { defineFact, reading, Type } from 'crane-play/task'

/** Vendors of PCI devices: pci.ids. */
const VENDORS: Readonly<Record<string, string>> = {
  '0x10de': 'nvidia',
  '0x1002': 'amd',
  '0x8086': 'intel',
  '0x19e5': 'huawei',
  '0x1d94': 'hygon',
}

export default defineFact({
  name: 'gpus',
  summary: 'PCI devices that display or compute (classes 03 and 12), with vendor and class, from /sys.',
  type: Type.Array(Type.Object({ address: Type.String(), class: Type.String(), vendor: Type.String() })),
  probe: reading(
    'gpus',
    `for device in /sys/bus/pci/devices/*; do
  read -r class <"$device/class" || continue
  case $class in 0x03*|0x12*) ;; *) continue ;; esac
  read -r vendor <"$device/vendor"
  printf '%s %s %s\\n' "\${device##*/}" "$class" "$vendor"
done`,
  ),
  read: (text) =>
    [...text.matchAll(/^(\S+) (0x[0-9a-f]+) (0x[0-9a-f]+)$/gm)].map(([, address = '', code = '', vendor = '']) => ({
      address,
      class: code.startsWith('0x03') ? 'display' : 'accelerator',
      vendor: VENDORS[vendor] ?? vendor,
    })),
})
