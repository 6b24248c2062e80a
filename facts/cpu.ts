// facts.cpu: the processors.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'cpu',
  summary: 'The processors that are online, from /proc/cpuinfo.',
  type: Type.Object({ count: Type.Integer(), model: Type.String(), flags: Type.Array(Type.String()) }),
  probe: reading(
    'cpu',
    `count=0 model= flags=
while IFS= read -r line; do
  case $line in
  processor*) count=$((count + 1)) ;;
  'model name'*) model=\${line#*: } ;;
  flags*|Features*) flags=\${line#*: } ;;
  esac
done </proc/cpuinfo
printf '%s\\n' "$count" "$model" "$flags"`,
  ),
  read(text) {
    const [count = '', model = '', flags = ''] = text.split('\n')
    return { count: Number(/^\d{1,6}$/.exec(count)?.[0] ?? 0), model, flags: flags.split(' ').filter(Boolean) }
  },
})
