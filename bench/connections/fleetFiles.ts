// Writes what an administrator would have: inventory, playbook, login key, known_hosts and the ssh configuration.
import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FleetPlaybook } from '../fleet/fleetPlaybook.ts'

/** Any address in 127.0.0.0/8 is this machine; the host's number is in the last two bytes. */
export const addressOf = (i: number): string => `127.1.${i >> 8}.${i & 255}`

/** Paths of the files of one controller. */
export interface FleetFiles {
  readonly inventory: string
  readonly playbook: string
  readonly knownHosts: string
  readonly sshConfig: string
}

export interface FleetContent {
  readonly fleet: FleetPlaybook
  readonly port: number
  readonly knownHosts: string
  readonly privateKey: string
}

/** As Debian has it, but for HashKnownHosts, which says how new keys are written. */
const SSH_CONFIG = `Host *
    SendEnv LANG LC_*
    GSSAPIAuthentication no
`

/** `share` of `shares`: every so manieth host alone, for one of several controllers. */
export function writeFleetFiles(directory: string, content: FleetContent, share = 0, shares = 1): FleetFiles {
  mkdirSync(directory, { recursive: true })
  const write = (name: string, text: string) => {
    const path = join(directory, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const key = write('id_ed25519', content.privateKey)
  return {
    inventory: write(
      'hosts',
      inventoryText(content, key, (i) => i % shares === share),
    ),
    playbook: write('site.yml', content.fleet.playbook),
    knownHosts: write('known_hosts', content.knownHosts),
    sshConfig: write('ssh_config', SSH_CONFIG),
  }
}

/** The fleet's own inventory with the hosts' true addresses. */
function inventoryText({ fleet, port }: FleetContent, key: string, isOurs: (i: number) => boolean): string {
  const others = new Set(fleet.hosts.filter((_, i) => !isOurs(i)))
  let i = 0
  const lines = fleet.inventory.split('\n').flatMap((line) => {
    const there = line.includes(' ansible_host=')
    const address = there ? addressOf(i++) : ''
    if (others.has(line.split(' ')[0] ?? '')) return []
    return [line.replace(/ ansible_host=\S+/, ` ansible_host=${address}`)]
  })
  const all = { ansible_port: port, ansible_user: 'root', ansible_ssh_private_key_file: key }
  const vars = Object.entries(all).map(([name, value]) => `${name}=${value}`)
  return `${[...lines, '[all:vars]', ...vars].join('\n')}\n`
}

/** The same entries as `HashKnownHosts yes` writes them, the default of Debian and Ubuntu. */
export function hashKnownHosts(text: string): string {
  return text.replace(/^(\S+)/gm, (name) => {
    const salt = randomBytes(20)
    const hash = createHmac('sha1', salt).update(name).digest('base64')
    return `|1|${salt.toString('base64')}|${hash}`
  })
}
