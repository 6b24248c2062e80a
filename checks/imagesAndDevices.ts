// What containers are made of: images that are already there, room for them, and devices with their CDI specifications.
import { CDI_DIRECTORIES, cdiNames, cdiSpecifications, CRANE_CONFIG, craneConfigFile, defineChecks, gresOf } from 'crane-play/container'
import { foldNodeSet, reading, textFile, unit } from 'crane-play/task'

const PAUSE = `if command -v containerd >/dev/null && systemctl -q is-active containerd; then
  image=$(containerd config dump | sed -n "s/^ *\\(sandbox_image\\|sandbox\\) = *['\\"]\\(.*\\)['\\"]/\\2/p" | head -n 1)
  [ "$image" ] && { ctr -n k8s.io images ls -q name=="$image" 2>/dev/null | grep -q . && echo "here $image" || echo "missing $image"; }
fi`

const ROOM = `for d in /var/lib/containerd /var/lib/containers; do [ -d "$d" ] && df -Pk "$d" | awk -v d="$d" 'NR == 2 { print d, $4, $5 }'; done`

const DEVICES = `for device in /sys/bus/pci/devices/*; do
  read -r class <"$device/class" || continue
  case $class in 0x03*|0x12*) ;; *) continue ;; esac
  read -r vendor <"$device/vendor"; echo "$vendor"
done
[ -e /dev/nvidia0 ] && echo /dev/nvidia0`

export default defineChecks({
  title: 'images and devices',
  on: ['compute'],
  observe: () => ({
    config: textFile(CRANE_CONFIG),
    containerd: unit('containerd'),
    hostname: reading('doctor hostname', 'read -r name </proc/sys/kernel/hostname; echo "$name"'),
    pause: reading('doctor pause image', PAUSE),
    room: reading('doctor room', ROOM),
    devices: reading('doctor pci', DEVICES),
    specifications: cdiSpecifications,
  }),
  read: ({ config, hostname, specifications, ...facts }) => {
    const gres = gresOf(craneConfigFile(config)?.values, hostname.trim()).filter((one) => typeof one !== 'string')
    return { ...facts, gres, cdi: cdiNames(specifications) }
  },
  checks: [
    {
      name: 'pauseImageMissing',
      symptom: 'the first container job of a node fails with [gRPC:4]',
      cause: 'the pause image is not on the node, and CraneSched waits 5 seconds for a pod',
      fix: 'pull it before jobs come: ctr -n k8s.io images pull IMAGE',
      find: ({ pause }) => /^missing (.*)$/m.exec(pause)?.[1]?.concat(' is not on the node'),
    },
    {
      name: 'imageRoom',
      symptom: 'images cannot be pulled: no space left on device',
      cause: 'the file system of the images is nearly full',
      fix: 'remove images that nothing uses, or give the directory a file system of its own',
      find: ({ room }) => [...room.matchAll(/^(\S+) (\d+) (\d+)%$/gm)].filter(([, , free, used]) => Number(used) >= 95 || Number(free) < 1_000_000).map(([, directory, free, used]) => `${directory}: ${used}% used, ${Math.round(Number(free) / 1024)} MiB left`).join(', ') || undefined,
    },
    {
      name: 'gpuWithoutCdi',
      symptom: 'a container does not see the GPU that its job was given',
      cause: 'there is a GPU, and no CDI specification for it',
      fix: 'nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml, or amd-ctk cdi generate --output=/etc/cdi/amd.json, at each boot',
      playbook: 'gpu.yml',
      find: ({ devices, cdi, gres }) => {
        const without = GPUS.filter(({ device, files, kind }) => device.test(devices) && gres.some((one) => one.files.some((file) => files.test(file))) && !cdi.names.some((name) => name.startsWith(kind)))
        return without.length > 0 ? without.map(({ vendor, kind }) => `a device of ${vendor}, and no ${kind.slice(0, -1)} in ${CDI_DIRECTORIES.join(' or ')}`).join('; ') : undefined
      },
    },
    {
      name: 'cdiNameUnknown',
      symptom: 'container jobs with a device fail: unresolvable CDI devices',
      cause: 'the configuration names a CDI device that no specification on the node defines',
      fix: 'take the names from `nvidia-ctk cdi list`',
      playbook: 'gpu.yml',
      find: ({ gres, cdi }) => {
        const unknown = gres.flatMap((one) => one.cdi).filter((name) => !cdi.names.includes(name))
        return unknown.length > 0 ? `${foldNodeSet(unknown)}; defined: ${cdi.names.join(', ') || 'none'}` : undefined
      },
    },
    {
      name: 'cdiFileInvalid',
      symptom: 'container jobs with a device fail: unresolvable CDI devices',
      cause: 'a file of CDI specifications cannot be read, and runtimes leave it out without a word',
      fix: 'generate it again',
      playbook: 'gpu.yml',
      find: ({ cdi }) => cdi.broken.join(', ') || undefined,
    },
  ],
})

/** By the vendor's id on the PCI bus or a device node, and the device files that a `gres` has of it. */
const GPUS = [
  { vendor: 'NVIDIA', device: /0x10de|nvidia0/, files: /nvidia/, kind: 'nvidia.com/' },
  { vendor: 'AMD', device: /0x1002/, files: /\/dri\/|kfd/, kind: 'amd.com/' },
]
