// Commands that plant the faults of CRI-O on hosts of the lab, where it is the real one.
import type { LabPlant } from './plantFaults.ts'
import { away, type Commands, compute, instead, write } from './plantCommands.ts'

/** Its name comes last, so that it has the last word. */
const DROP_IN = '/etc/crio/crio.conf.d/99-plant.conf'
/** systemd refuses a sixth start within ten seconds, unless it forgets the others. */
const START = 'systemctl reset-failed crio; systemctl restart crio'

/** A drop-in with which CRI-O starts. */
const inForce = (table: string, line: string): Commands => ({
  plant: `${write(DROP_IN, `[${table}]\n${line}\n`)}; ${START}`,
  undo: `rm ${DROP_IN}; ${START}`,
})
/** The plant must keep CRI-O from starting. */
const ends = ({ plant, undo }: Commands): Commands => ({
  plant: `${plant}; ! systemctl restart crio 2>/dev/null`,
  undo: `${undo}; ${START}`,
})

export const CRIO_PLANTS: readonly LabPlant[] = [
  // Stopped, CRI-O is inactive or failed.
  compute('crioDown', 'crio.service is', { plant: 'systemctl stop crio', undo: 'systemctl start crio' }),
  compute(
    'crioTooOld',
    'CRI-O 1.25.4',
    instead('crio', '[ "$1" != --version ] || { /usr/bin/crio --version | sed "1s/ 1\\..*/ 1.25.4/"; exit; }'),
  ),
  compute('crioFileInvalid', 'crio config', ends({ plant: write(DROP_IN, '[crio\n'), undo: `rm ${DROP_IN}` })),
  compute('crioCgroupManager', '"systemd"', inForce('crio.runtime', 'cgroup_manager = "systemd"')),
  compute('crioPodEvents', 'false', inForce('crio.runtime', 'enable_pod_events = false')),
  compute('crioConmonCgroup', 'system.slice', inForce('crio.runtime', 'conmon_cgroup = "system.slice"')),
  compute(
    'streamsAskForCertificate',
    '/etc/crane/tls/stream.crt',
    inForce('crio.api', 'stream_tls_ca = "/etc/crane/tls/stream.crt"'),
  ),
  compute('crioPauseCommand', '/pause --now', inForce('crio.image', 'pause_command = "/pause --now"')),
  compute(
    'crioRegistriesIgnored',
    ': registry.example.org',
    inForce('crio.image', 'insecure_registries = ["registry.example.org"]'),
  ),
  compute('crioWithoutPacketFilter', 'neither', ends(away('/usr/sbin/iptables', '/usr/sbin/nft'))),
  compute('crioEndsWithPorts', 'only /usr/sbin/iptables', away('/usr/sbin/nft')),
  // The toolkit's own way to make it.
  compute('crioStrayDropIn', '/etc/crio/conf.d/99-nvidia.toml', {
    plant: 'nvidia-ctk runtime configure --runtime=crio',
    undo: 'rm -r /etc/crio/conf.d',
  }),
]
