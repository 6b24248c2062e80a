// facts.memory: memory and swap.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'memory',
  summary: 'Memory and swap in bytes, from /proc/meminfo.',
  type: Type.Object({ total: Type.Integer(), swap: Type.Integer() }),
  probe: reading('memory', 'cat /proc/meminfo'),
  read(text) {
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d{1,12}) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
    return { total: bytes('MemTotal'), swap: bytes('SwapTotal') }
  },
})
