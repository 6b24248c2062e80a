// Which texts are IPv6 addresses.
import { isIPv6 } from 'node:net'

/** Digits and colons, and a zone where there is one; `crane:children` is not of this form. */
const FORM = /^[\da-f]*:[\da-f:.]*(%|$)/i

/** Node compiles an expression of many pages for its first answer, which costs milliseconds: few texts need it. */
export const isAddress6 = (text: string): boolean => FORM.test(text) && isIPv6(text)
