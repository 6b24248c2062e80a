// Names what a container job did not find in its container, by what it printed about it.
import type { Explanation } from './cconFailure.ts'

/** Takes what the job printed before it gave up; see `JobMust`. */
export function explainMissing(said: string): Explanation {
  const line = said.trim().split('\n').at(-1) ?? ''
  if (/^\/\S+ is missing$/.test(line))
    return {
      cause: `device: ${line} in the container`,
      hint: 'check `gres` in /etc/crane/config.yaml and the CDI names of the node, with gpu.yml or `crane-play doctor`',
    }
  if (/no user namespace/.test(line))
    return {
      cause: 'user namespace: the container got none',
      hint: 'check that the runtime supports user namespaces: containerd 1.7 or newer',
    }
  if (/\/crane-play\/\d+/.test(line))
    return {
      cause: `mount: the container cannot read a file of its own user: ${line}`,
      hint: 'where the file system cannot map user ids, run deploy.yml with bindfs=true; `crane-play bindfs.yml` finds such mounts',
    }
  return { cause: `container: ${line}`, hint: 'check that the image has `sh`, `grep` and `echo`' }
}
