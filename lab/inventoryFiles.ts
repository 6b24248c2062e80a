/** Writes what a program needs to reach the lab's hosts: an INI inventory and a known_hosts file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hostDirectory } from './hostDisk.ts'
import type { LabState } from './labState.ts'
import { computeNames, hostName } from './names.ts'

export interface InventoryFiles {
  inventory: string
  knownHosts: string
  privateKey: string
}

/** Both files of a running lab, made from its state and the hosts' public keys. */
export function writeInventory(state: LabState, files: InventoryFiles): void {
  const line = ({ name, address }: { name: string; address: string }) => `${name} ansible_host=${address}\n`
  const compute = computeNames(state.size)
  const text = `# Written by \`npm run lab -- up\`; gone stale when the lab is down.
[control]
${state.hosts
  .filter(({ name }) => name === hostName(0))
  .map(line)
  .join('')}
[compute]
${state.hosts
  .filter(({ name }) => compute.includes(name))
  .map(line)
  .join('')}
[crane:children]
control
compute

[crane:vars]
ansible_user=root
ansible_ssh_private_key_file=${files.privateKey}
stream_ca_cert=${join(dirname(files.inventory), 'ca.crt')}
stream_ca_key=${join(dirname(files.inventory), 'ca.key')}
${state.runtime === 'containerd' ? '' : `runtime=${state.runtime}\n`}`
  writeFileSync(files.inventory, text)
  const keys = state.hosts.map(({ name, address }) => {
    const [kind, key] = readFileSync(join(hostDirectory(state.disks, name), 'ssh_host_ed25519_key.pub'), 'utf8').split(
      ' ',
    )
    return `${name},${address} ${kind} ${key}\n`
  })
  writeFileSync(files.knownHosts, keys.join(''))
}
