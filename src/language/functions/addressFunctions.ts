// Addresses and networks.
import ipaddr from 'ipaddr.js'
import { CelText } from '../celValues.ts'
import { type FunctionRow, refusal } from './functionRow.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** An address, with the length of its network's prefix where that was written: `10.0.0.5/24`. */
export class Ip extends CelText {
  readonly address: Address
  readonly prefix: number

  constructor(address: Address, prefix?: number) {
    super(prefix === undefined ? address.toString() : `${address.toString()}/${prefix}`)
    this.address = address
    this.prefix = prefix ?? address.toByteArray().length * 8
  }
}

function read(text: string): Ip {
  const [host = '', bits] = text.split('/')
  const strict = ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host)
  if (!strict) throw refusal(`'${text}' is not an IP address`)
  const address = ipaddr.parse(host)
  if (bits === undefined) return new Ip(address)
  const most = address.toByteArray().length * 8
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : maskLength(bits)
  if (prefix === undefined || prefix > most) throw refusal(`'${text}' is not a network: its prefix is 0 to ${most}`)
  return new Ip(address, prefix)
}

function maskLength(mask: string): number | undefined {
  const parsed = ipaddr.IPv4.isValidFourPartDecimal(mask) ? ipaddr.IPv4.parse(mask) : undefined
  return parsed?.prefixLengthFromSubnetMask() ?? undefined
}

const toNumber = (address: Address): bigint =>
  address.toByteArray().reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n)

function fromNumber(value: bigint, bytes: number): Address {
  const all = Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * (bytes - 1 - i))) & 255n))
  return ipaddr.fromByteArray(all)
}

function bounds({ address, prefix }: Ip): { first: bigint; size: bigint; bytes: number } {
  const bytes = address.toByteArray().length
  const size = 1n << BigInt(bytes * 8 - prefix)
  const value = toNumber(address)
  return { first: value - (value % size), size, bytes }
}

function hostOf(network: Ip, number: bigint): Ip {
  const { first, size, bytes } = bounds(network)
  const offset = number < 0n ? size + number : number
  if (offset < 0n || offset >= size) throw refusal(`${network.text} has no address number ${number}`)
  return new Ip(fromNumber(first + offset, bytes))
}

function isIn(address: Ip, networks: readonly string[]): boolean {
  return networks.some((text) => {
    const network = read(text)
    if (network.address.kind() !== address.address.kind()) return false
    const { first, size } = bounds(network)
    const value = toNumber(address.address)
    return value >= first && value < first + size
  })
}

export const ADDRESS_FUNCTIONS: readonly FunctionRow[] = [
  {
    name: 'ip',
    signatures: ['ip(string): ip'],
    summary:
      'An address, with its network where a prefix or mask follows: `10.0.0.5/24`. Inside a string it is itself.',
    replaces: ['ipaddr', 'ipv4', 'ipv6'],
    example: ["ip('2001:DB8::0001')", '2001:db8::1'],
    call: read,
  },
  {
    name: 'isIp',
    signatures: ['isIp(string): bool'],
    summary: 'Whether the string is an address, or an address with a prefix.',
    replaces: ['is ansible.utils.ip'],
    example: ["isIp('10.0.0.300')", false],
    call: (text: string) => {
      try {
        return read(text) instanceof Ip
      } catch {
        return false
      }
    },
  },
  {
    name: 'inNetwork',
    signatures: ['ip.inNetwork(string): bool', 'ip.inNetwork(list<string>): bool'],
    summary: 'Whether the address is in the network, or in one of them.',
    replaces: ["ipaddr('10.0.0.0/8')", 'network_in_network'],
    example: ["ip('10.1.2.3').inNetwork('10.0.0.0/8')", true],
    call: (address: Ip, networks: string | readonly string[]) => isIn(address, [networks].flat()),
  },
  {
    name: 'address',
    signatures: ['ip.address(): string'],
    summary: 'The address without the prefix.',
    replaces: ["ipaddr('address')"],
    example: ["ip('10.1.2.3/24').address()", '10.1.2.3'],
    call: ({ address }: Ip) => address.toString(),
  },
  {
    name: 'network',
    signatures: ['ip.network(): string'],
    summary: 'The network with its prefix.',
    replaces: ["ipaddr('subnet')", "ipaddr('network/prefix')"],
    example: ["ip('10.1.2.3/24').network()", '10.1.2.0/24'],
    call: (ip: Ip) => {
      const { first, bytes } = bounds(ip)
      return new Ip(fromNumber(first, bytes), ip.prefix).text
    },
  },
  {
    name: 'netmask',
    signatures: ['ip.netmask(): string'],
    summary: 'The mask of an IPv4 network.',
    replaces: ["ipaddr('netmask')"],
    example: ["ip('10.1.2.3/24').netmask()", '255.255.255.0'],
    call: ({ address, prefix, text }: Ip) => {
      if (address.kind() !== 'ipv4') throw refusal(`${text} is an IPv6 address, which has no mask`)
      return ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString()
    },
  },
  {
    name: 'prefix',
    signatures: ['ip.prefix(): int'],
    summary: 'The length of the network prefix.',
    replaces: ["ipaddr('prefix')"],
    example: ["ip('10.1.2.3/255.255.255.0').prefix()", 24],
    call: ({ prefix }: Ip) => BigInt(prefix),
  },
  {
    name: 'host',
    signatures: ['ip.host(int): string'],
    summary: 'The address of that number in the network; from the end when the number is negative.',
    replaces: ["ipaddr('1')", 'nthhost'],
    example: ["ip('10.1.2.0/24').host(-2)", '10.1.2.254'],
    call: (ip: Ip, number: bigint) => hostOf(ip, number).text,
  },
  {
    name: 'family',
    signatures: ['ip.family(): int'],
    summary: '4 or 6.',
    replaces: ["ipaddr('version')"],
    example: ["ip('::1').family()", 6],
    call: ({ address }: Ip) => (address.kind() === 'ipv4' ? 4n : 6n),
  },
]
