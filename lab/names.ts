/** What the parts of a lab are called and numbered: crane01 is the control node, the others compute nodes. */
import { LabProblem } from './machine.ts'

export const maximumHosts = 32
/** Labs of one machine are numbered from 0; the number is the third part of their addresses. */
export const maximumLabs = 256

/**
 * Names of what a lab has in the kernel. They carry its number, not its name: an interface name has at most 15
 * characters, and no number with its separator begins another one.
 */
export const bridgeName = (lab: number): string => `crane-lab${lab}`
export const vethName = (lab: number, host: string): string => `vcl${lab}-${hostIndex(host)}`
/** The network namespace of a host; its control groups are called so too, with a process id behind it. */
export const netnsName = (lab: number, host: string): string => `crane-lab${lab}-${host}`

export const subnetPrefix = (lab: number): string => `10.77.${lab}.`
/** The bridge's own address. */
export const gatewayAddress = (lab: number): string => `${subnetPrefix(lab)}1`
/** An address of the lab's network that no host ever has. */
export const unusedAddress = (lab: number): string => `${subnetPrefix(lab)}200`
export const hostAddress = (lab: number, index: number): string => `${subnetPrefix(lab)}${11 + index}`

export const hostName = (index: number): string => `crane${String(index + 1).padStart(2, '0')}`
export const hostIndex = (name: string): number => Number(name.replace(/^crane/, '')) - 1
export const hostNames = (count: number): string[] => Array.from({ length: count }, (_, index) => hostName(index))

/** The number of hosts asked for. @throws LabProblem when it is not a number, or no lab can have so many */
export function hostCount(asked: string | number): number {
  const count = /^\d+$/.test(String(asked)) ? Number(asked) : 0
  if (count >= 1 && count <= maximumHosts) return count
  throw new LabProblem(`a lab has 1 to ${maximumHosts} hosts, not ${typeof asked === 'string' ? `'${asked}'` : asked}`)
}

/** Names of the compute nodes; a lab of one host computes on its control node. */
export const computeNames = (count: number): string[] => (count === 1 ? [hostName(0)] : hostNames(count).slice(1))

/** `crane[02-04]`, the spelling CraneSched's own configuration uses. */
export function computeNodeSet(count: number): string {
  const names = computeNames(count)
  const digits = names.map((name) => name.slice('crane'.length))
  return names.length === 1 ? (names[0] ?? '') : `crane[${digits[0]}-${digits.at(-1)}]`
}
