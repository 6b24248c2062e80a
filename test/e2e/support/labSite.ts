// A site whose inventory names hosts of the lab, each with what a test wants to be special about it.
import type { Lab } from '../../../lab/index.ts'
import { labHost } from '../../../lab/index.ts'
import { Site } from './site.ts'

/** Host → its variables, as in an INI inventory: `{ crane03: '', crane04: 'ansible_port=1' }`. Other names need ansible_host. */
export function labSite(lab: Lab, hosts: Readonly<Record<string, string>>): Site {
  const site = new Site()
  const lines = Object.entries(hosts).map(([name, variables]) => {
    const own = lab.hosts.includes(name) && !variables.includes('ansible_host=')
    return `${name} ${own ? `ansible_host=${labHost(name).address} ` : ''}${variables}\n`
  })
  site.write({
    hosts: `${lines.join('')}\n[all:vars]\nansible_user=root\nansible_ssh_private_key_file=${lab.privateKey}\n`,
  })
  site.options.push('--known-hosts', lab.knownHosts)
  return site
}

/** What a command says on a host, past sshd and past the product. */
export async function onHost(name: string, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(name).exec(command)
  if (exitCode !== 0) throw new Error(`${name}: \`${command}\` exits with ${exitCode}: ${stderr}`)
  return stdout
}

/** Command lines of a host's processes that hold the text. */
export async function processes(name: string, text: string): Promise<string[]> {
  const { stdout } = await labHost(name).exec(`ps -eo pid=,args= | grep -F -e '${text}' | grep -v 'grep -F'`)
  return stdout.split('\n').filter((line) => line.trim() !== '')
}

/** The recap's counts of one host: `ok=1 changed=0 unreachable=0 failed=0 skipped=0`. */
export function recapOf(out: string, nodeSet: string): string | undefined {
  const line = out
    .split('\n')
    .find((text) => text.startsWith('  ') && text.trim().startsWith(`${nodeSet} `) && / : ok=/.test(text))
  return line?.replace(/^.* : /, '').replace(/ +/g, ' ')
}
