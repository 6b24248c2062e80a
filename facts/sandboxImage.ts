// facts.sandboxImage: the image of the container that holds a pod.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'sandboxImage',
  summary:
    'The image from which the runtime starts the container that holds a pod, for containerd and CRI-O; empty where neither is installed.',
  type: Type.Object({ containerd: Type.String(), crio: Type.String() }),
  probe: reading(
    'sandboxImage',
    `containerd config dump 2>/dev/null | sed -n "s/^ *sandbox\\(_image\\)\\{0,1\\} = [\\"']\\(.*\\)[\\"']/containerd \\2/p"
crio config 2>/dev/null | sed -n 's/^\\(# \\)\\{0,1\\}pause_image = "\\(.*\\)"/crio \\2/p'`,
  ),
  read: (text) => ({
    containerd: /^containerd (\S+)$/m.exec(text)?.[1] ?? '',
    crio: /^crio (\S+)$/m.exec(text)?.[1] ?? '',
  }),
})
