/** How the lab calls and numbers its hosts: crane01 is the control node, the others compute nodes. */
import { LabProblem } from './machine.ts'

export const bridge = 'crane-lab0'
export const bridgeAddress = '10.77.0.1'
export const maximumHosts = 32

export const hostName = (index: number): string => `crane${String(index + 1).padStart(2, '0')}`
export const hostAddress = (index: number): string => `10.77.0.${11 + index}`
export const hostIndex = (name: string): number => Number(name.replace(/^crane/, '')) - 1
export const netnsName = (name: string): string => `crane-lab-${name}`
export const hostNames = (count: number): string[] => Array.from({ length: count }, (_, index) => hostName(index))

/** How many hosts were asked for. @throws LabProblem when no lab can have so many, or it is no number */
export function hostCount(asked: string | number): number {
  const count = /^\d+$/.test(String(asked)) ? Number(asked) : 0
  if (count >= 1 && count <= maximumHosts) return count
  throw new LabProblem(`A lab has 1 to ${maximumHosts} hosts, not ${typeof asked === 'string' ? `'${asked}'` : asked}.`)
}

/** Names of the compute nodes; a lab of one host computes on its control node. */
export const computeNames = (count: number): string[] => (count === 1 ? [hostName(0)] : hostNames(count).slice(1))

/** `crane[02-04]`, the spelling CraneSched's own configuration uses. */
export function computeNodeSet(count: number): string {
  const names = computeNames(count)
  const digits = names.map((name) => name.slice('crane'.length))
  return names.length === 1 ? (names[0] ?? '') : `crane[${digits[0]}-${digits.at(-1)}]`
}
