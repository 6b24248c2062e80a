/** The programs that are in no Debian package: Go modules, by the version that the lab was tried with. */

export interface GoTool {
  /** What a host calls it. */
  name: string
  module: string
  version: string
  /** Package of the program, below the module. */
  program: string
  tags?: string
  /**
   * `install` asks the module proxy for the program itself. `require` builds it from a module of our own that requires
   * it, with the go.sum that the module carries: for modules that `go install` refuses.
   */
  way: 'install' | 'require'
}

export const goTools: readonly GoTool[] = [
  {
    name: 'nvidia-ctk',
    module: 'github.com/NVIDIA/nvidia-container-toolkit',
    version: 'v1.18.0',
    program: 'cmd/nvidia-ctk',
    way: 'install',
  },
  { name: 'crictl', module: 'sigs.k8s.io/cri-tools', version: 'v1.34.0', program: 'cmd/crictl', way: 'install' },
  {
    name: 'crio',
    module: 'github.com/cri-o/cri-o',
    version: 'v1.34.0',
    program: 'cmd/crio',
    tags: 'containers_image_openpgp exclude_graphdriver_btrfs exclude_graphdriver_devicemapper',
    way: 'require',
  },
  {
    name: 'containerd',
    module: 'github.com/containerd/containerd/v2',
    version: 'v2.3.4',
    program: 'cmd/containerd',
    way: 'install',
  },
]

/** Text of the go.mod of a module that does nothing but require another. */
export const requiringModule = ({ module, version }: Pick<GoTool, 'module' | 'version'>): string =>
  `module lab/tool\n\ngo 1.24\n\nrequire ${module} ${version}\n`
