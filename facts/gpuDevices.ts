// facts.gpuDevices: the device files by which programs reach graphics and compute devices.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'gpuDevices',
  summary: 'The device files of GPUs and NPUs below /dev: NVIDIA, Ascend, AMD (kfd and its render nodes).',
  type: Type.Array(Type.String()),
  probe: reading(
    'gpuDevices',
    `for f in /dev/nvidia[0-9]* /dev/davinci[0-9]* /dev/kfd /dev/dri/renderD*; do [ -c "$f" ] && echo "$f"; done`,
  ),
  read: (text) => text.split('\n').filter(Boolean),
})
