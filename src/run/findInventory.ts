// Finds the inventory when none is named, in places a person would look.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'

const PLACES = ['inventory/hosts', 'inventory/hosts.yml', 'hosts', 'hosts.yml']
const WORLD_WRITABLE = 0o002

/** @param directory the working directory; nothing is picked up from it where it is world-writable */
export function findInventory(directory: string): Checked<string> {
  const place = PLACES.find((one) => existsSync(join(directory, one)))
  const hint = 'name one: -i FILE, or hosts: -i crane01,crane[02-04]'
  if (place === undefined) return mistaken([mistake('no-inventory', 'no inventory given', undefined, hint)])
  if ((statSync(directory).mode & WORLD_WRITABLE) !== 0) {
    const message = `no inventory given, and ./${place} is ignored because this directory is world-writable`
    return mistaken([mistake('world-writable-directory', message, undefined, hint)])
  }
  return checked(join('.', place))
}
