// facts.boot: when the host was started.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'boot',
  summary: 'The id of this boot, and its time in seconds since 1970.',
  type: Type.Object({ id: Type.String(), time: Type.Integer() }),
  probe: reading('boot', 'cat /proc/sys/kernel/random/boot_id /proc/stat'),
  read: (text) => ({
    id: text.split('\n')[0] ?? '',
    time: Number(/^btime (\d{1,12})$/m.exec(text)?.[1] ?? 0),
  }),
})
