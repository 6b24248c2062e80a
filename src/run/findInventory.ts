// Finds the inventory when none is named, in places a person would look.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'

const PLACES = ['inventory/hosts', 'inventory/hosts.yml', 'hosts', 'hosts.yml']
const WORLD_WRITABLE = 0o002

/** @param folder the working directory; where anybody may write, nothing is picked up unasked */
export function findInventory(folder: string): Checked<string> {
  const place = PLACES.find((one) => existsSync(join(folder, one)))
  const hint = 'name one: -i FILE, or hosts: -i crane01,crane[02-04]'
  if (place === undefined) return mistaken([mistake('no-inventory', 'no inventory is named', undefined, hint)])
  if ((statSync(folder).mode & WORLD_WRITABLE) !== 0) {
    const message = `no inventory is named, and ./${place} is not used because anybody may write to this folder`
    return mistaken([mistake('world-writable-folder', message, undefined, hint)])
  }
  return checked(join('.', place))
}
