// facts.addresses: the addresses of the host.
import { defineFact, reading, Type } from 'crane-play/task'

export default defineFact({
  name: 'addresses',
  summary: 'The address from which the host reaches others by its default route, and all addresses by interface.',
  type: Type.Object({
    default: Type.String({ description: 'empty without a default route' }),
    interfaces: Type.Record(Type.String(), Type.Array(Type.String())),
  }),
  probe: reading('addresses', 'ip route get 192.0.2.1; ip -6 route get 2001:db8::1; echo; ip -o addr show', {
    changes: true,
  }),
  read(text) {
    const [routes = '', rest = ''] = text.split(/^$/m)
    const interfaces = new Map<string, string[]>()
    for (const [, name = '', address = ''] of rest.matchAll(/^\d+:\s+(\S+)\s+inet6?\s+([0-9a-fA-F.:]+)/gm))
      interfaces.set(name, [...(interfaces.get(name) ?? []), address])
    return {
      default: /\bsrc ([0-9a-fA-F.:]+)/.exec(routes)?.[1] ?? '',
      interfaces: Object.fromEntries(interfaces),
    }
  },
})
