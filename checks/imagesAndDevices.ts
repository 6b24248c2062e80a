// What containers are made of: images that are already there, room for them, and devices with their CDI specifications.
import { CRANE_CONFIG, craneConfigFile, defineChecks } from 'crane-play/container'
import { reading, textFile, unit } from 'crane-play/task'

const PAUSE = `if command -v containerd >/dev/null && systemctl -q is-active containerd; then
  image=$(containerd config dump | sed -n "s/^ *\\(sandbox_image\\|sandbox\\) = *['\\"]\\(.*\\)['\\"]/\\2/p" | head -n 1)
  [ "$image" ] && { ctr -n k8s.io images ls -q name=="$image" 2>/dev/null | grep -q . && echo "here $image" || echo "missing $image"; }
fi`

const ROOM = `for d in /var/lib/containerd /var/lib/containers; do [ -d "$d" ] && df -Pk "$d" | awk -v d="$d" 'NR == 2 { print d, $4, $5 }'; done`

const DEVICES = `for device in /sys/bus/pci/devices/*; do
  read -r class <"$device/class" || continue
  case $class in 0x0300*|0x0302*|0x12*) ;; *) continue ;; esac
  read -r vendor <"$device/vendor"; echo "$vendor"
done
[ -e /dev/nvidia0 ] && echo /dev/nvidia0`

const CDI = `cat /etc/cdi/*.yaml /etc/cdi/*.json /var/run/cdi/*.yaml /var/run/cdi/*.json 2>/dev/null | head -c 200000`

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
    cdi: reading('doctor cdi', CDI),
  }),
  read: ({ config, hostname, ...facts }) => {
    const node = craneConfigFile(config)?.nodes.find(({ hosts }) => hosts?.names.includes(hostname.trim()))
    const gres = JSON.stringify(node?.entry['gres'] ?? [])
    return { ...facts, gres }
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
      fix: 'nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml, at each boot',
      playbook: 'gpu.yml',
      find: ({ devices, cdi, gres }) => (/0x10de|nvidia0/.test(devices) && gres !== '[]' && !/nvidia\.com/.test(cdi) ? 'an NVIDIA device, and no nvidia.com in /etc/cdi or /var/run/cdi' : undefined),
    },
    {
      name: 'cdiNameUnknown',
      symptom: 'container jobs with a device fail: unresolvable CDI devices',
      cause: 'the configuration names a CDI device that no specification has',
      fix: 'take the names from `nvidia-ctk cdi list`',
      find: ({ gres, cdi }) => {
        const kinds = [...new Set([...gres.matchAll(/"([a-z0-9.-]+\/[A-Za-z0-9_.-]+)=/g)].map(([, kind = '']) => kind))].filter((kind) => !cdi.includes(kind))
        return kinds.length > 0 ? `no specification of ${kinds.join(', ')}` : undefined
      },
    },
  ],
})
