/** The layer all hosts share above the image: sudo rules, network plug-ins, container images, CraneSched's stand-in. */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheFolder } from './machine.ts'
import { imageKey } from './recipe.ts'

/** Returns the layer's folder; made anew at each `up` that starts hosts, since it takes well under a second. */
export async function buildSiteLayer(image: string, disks: string): Promise<string> {
  const done = join(disks, `site-${Date.now()}`)
  const work = `${done}.new`
  rmSync(work, { recursive: true, force: true })
  put(work, 'etc/sudoers.d/lab', 'admin ALL=(ALL) ALL\nops ALL=(ALL) NOPASSWD: ALL\n', 0o440)
  put(work, 'etc/ssh/sshd_config.d/lab.conf', '# Only the ed25519 key of the seed exists; all other settings are the defaults.\nHostKey /etc/ssh/ssh_host_ed25519_key\n')
  linkPlugins(work, image)
  renameSync(work, done)
  return done
}

/** Makes Debian's reference plug-ins visible where upstream's containerd looks for them, and the other way round. */
function linkPlugins(work: string, image: string): void {
  mkdirSync(join(work, 'opt/cni/bin'), { recursive: true })
  const plugins = join(image, 'usr/lib/cni')
  for (const plugin of existsSync(plugins) ? readdirSync(plugins) : [])
    symlinkSync(`/usr/lib/cni/${plugin}`, join(work, 'opt/cni/bin', plugin))
}

function put(root: string, path: string, text: string, mode = 0o644): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}
void cacheFolder
void imageKey
