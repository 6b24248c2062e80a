// Which texts are IPv6 addresses.
import { isIPv6 } from 'node:net'

/** Node compiles an expression of many pages for its first answer, which costs milliseconds: few texts need it. */
export const isAddress6 = (text: string): boolean => text.includes(':') && isIPv6(text)
