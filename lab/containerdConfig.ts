/** The /etc/containerd/config.toml a lab host starts with: what "the site" had configured before crane-play came. */
import type { ContainerdGeneration } from './recipe.ts'

const why = `# Written by the site, before anything else managed this file.
# This machine may not lower a process's OOM score, so runc must not be asked to.
`

const version2 = `${why}version = 2

[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    # Debian's containernetworking-plugins are linked here.
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
`

const newer = (version: number) => `${why}version = ${version}

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  # Debian's containernetworking-plugins are linked here.
  bin_dirs = ['/opt/cni/bin']
  conf_dir = '/etc/cni/net.d'
`

/** The configuration version that each generation has by default. */
const VERSIONS: Readonly<Record<ContainerdGeneration, number>> = { '1.6': 2, '1.7': 2, '2.1': 3, '2.3': 4 }

export const containerdConfig = (generation: ContainerdGeneration): string =>
  VERSIONS[generation] === 2 ? version2 : newer(VERSIONS[generation])
