/** The layer all hosts share above the image: sudo rules, network plug-ins, container images, CraneSched's stand-in. */
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { labImages } from './labImages.ts'
import type { Say } from './machine.ts'
import { writeStandIns } from './standInFiles.ts'
import { builtTools } from './tools/buildTools.ts'
import { goTools } from './tools/goTools.ts'
import { ensureToolPackages } from './tools/toolPackages.ts'

/** Returns the layer's directory; made anew at each `up` that starts hosts, since it takes well under a second. */
export async function buildSiteLayer(image: string, disks: string, say: Say): Promise<string> {
  const done = join(disks, `site-${Date.now()}`)
  const work = `${done}.new`
  rmSync(work, { recursive: true, force: true })
  put(work, 'etc/sudoers.d/lab', 'admin ALL=(ALL) ALL\nops ALL=(ALL) NOPASSWD: ALL\n', 0o440)
  put(
    work,
    'etc/ssh/sshd_config.d/lab.conf',
    '# Only the ed25519 key of the seed exists; all other settings are the defaults.\nHostKey /etc/ssh/ssh_host_ed25519_key\n',
  )
  // No consoles and no one to ask at them; each would cost every host a process or a watch.
  for (const unit of ['systemd-ask-password-console.path', 'systemd-ask-password-wall.path', 'getty-static.service'])
    link(work, `etc/systemd/system/${unit}`, '/dev/null')
  linkPlugins(work, image)
  await writeStandIns(work)
  await copyTools(work, image, say)
  put(work, 'srv/images/lab-images.tar', labImages(image))
  put(work, 'usr/local/lib/lab/import-images.sh', ours('host/import-images.sh'), 0o755)
  put(work, 'usr/lib/systemd/system/lab-images.service', ours('host/lab-images.service'))
  // Wanted by a unit that does not exist yet: it takes effect when containerd is installed.
  link(
    work,
    'etc/systemd/system/containerd.service.wants/lab-images.service',
    '/usr/lib/systemd/system/lab-images.service',
  )
  renameSync(work, done)
  return done
}

/**
 * Puts the tools that are built already into the hosts: crictl and nvidia-ctk where they are found, containerd of the
 * newest configuration version in /opt/lab/bin, and as packages of apt hosts CRI-O with what it needs, and that containerd.
 */
async function copyTools(work: string, image: string, say: Say): Promise<void> {
  const tools = builtTools()
  const missing = goTools.filter(({ name }) => !tools.has(name)).map(({ name }) => name)
  if (missing.length > 0)
    say(`left out: ${missing.join(', ')} (\`npm run lab -- tools\` builds them, where Go is at hand)`)
  for (const [name, path] of tools) {
    // CRI-O comes as a package.
    if (['crio', 'pinns'].includes(name)) continue
    share(path, join(work, name === 'containerd' ? 'opt/lab/bin' : 'usr/local/bin', name))
  }
  const repositories = await ensureToolPackages(image)
  for (const repository of repositories)
    for (const file of readdirSync(repository).filter((name) => name.endsWith('.deb')))
      share(join(repository, file), join(work, 'srv/tools', file))
  if (repositories.length > 0) {
    const index = repositories.map((repository) => readFileSync(join(repository, 'Packages'), 'utf8'))
    put(work, 'srv/tools/Packages', index.join('\n'))
    // As `apt-get update` leaves it.
    link(work, 'var/lib/apt/lists/_srv_tools_._Packages', '/srv/tools/./Packages')
    put(work, 'etc/apt/sources.list.d/lab-tools.list', 'deb [trusted=yes] file:/srv/tools ./\n')
  }
  if (tools.has('crio')) {
    put(work, 'usr/local/lib/lab/runc', ours('host/runc.sh'), 0o755)
    put(work, 'usr/local/lib/lab/import-crio-images.sh', ours('crio/import-images.sh'), 0o755)
    put(work, 'usr/lib/systemd/system/lab-crio-images.service', ours('crio/lab-crio-images.service'))
    link(
      work,
      'etc/systemd/system/crio.service.wants/lab-crio-images.service',
      '/usr/lib/systemd/system/lab-crio-images.service',
    )
  }
  if (tools.has('crictl'))
    put(work, 'etc/crictl.yaml', 'runtime-endpoint: unix:///run/containerd/containerd.sock\ntimeout: 10\n')
}

const ours = (path: string) => readFileSync(join(import.meta.dirname, path))

/** The same file under another name, for what is large and never written: a host's own change is made in its upper layer. */
function share(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  linkSync(from, to)
}

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  symlinkSync(target, join(root, path))
}

/** Makes Debian's reference plug-ins visible where upstream's containerd looks for them, since the default differs by generation. */
function linkPlugins(work: string, image: string): void {
  const plugins = join(image, 'usr/lib/cni')
  for (const plugin of existsSync(plugins) ? readdirSync(plugins) : [])
    link(work, `opt/cni/bin/${plugin}`, `/usr/lib/cni/${plugin}`)
  link(work, 'usr/lib/cni/crane-meta', '/opt/cni/bin/crane-meta')
}

function put(root: string, path: string, content: string | Buffer, mode = 0o644): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  chmodSync(file, mode)
}
