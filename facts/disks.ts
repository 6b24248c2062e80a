// facts.disks: block devices.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'disks',
  summary: 'Disks by name with their size in bytes, from /sys/block; loop, ram and zram devices are left out.',
  type: Type.Record(Type.String(), Type.Object({ size: Type.Integer(), rotational: Type.Boolean() })),
  probe: reading(
    'disks',
    `for disk in /sys/block/*; do
  case \${disk##*/} in '*'|loop*|ram*|zram*) continue ;; esac
  size=0 rotational=0
  read -r size <"$disk/size"; read -r rotational <"$disk/queue/rotational"
  printf '%s %s %s\\n' "\${disk##*/}" "$size" "$rotational"
done`,
  ),
  read: (text) =>
    Object.fromEntries(
      [...text.matchAll(/^(\S+) (\d{1,13}) ([01])$/gm)].map(([, name = '', sectors, rotational]) => [
        name,
        // /sys counts in sectors of 512 bytes, whatever the disk's own are.
        { size: Number(sectors) * 512, rotational: rotational === '1' },
      ]),
    ),
})
