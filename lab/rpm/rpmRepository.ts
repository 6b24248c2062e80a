/** Where RPM hosts take packages from; one directory holds what all have, another the generation of containerd. */
import type { ContainerdGeneration } from '../recipe.ts'

export const RPM_DIRECTORY = '/srv/rpm'

/** Text of /etc/yum.repos.d/lab.repo. */
export const labRepo = (containerd: ContainerdGeneration): string =>
  ['base', `containerd-${containerd}`]
    .map(
      (name) =>
        `[lab-${name}]\nname=Packages of the lab: ${name}\nbaseurl=file://${RPM_DIRECTORY}/${name}\nenabled=1\ngpgcheck=0\n`,
    )
    .join('\n')
