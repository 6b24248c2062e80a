// Finds the inventory when none is named, in places a person would look.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'
import { diskTrust, unreadable } from '../text/fileTrust.ts'

const PLACES = ['inventory/hosts', 'inventory/hosts.yml', 'hosts', 'hosts.yml']

/** `directory` is the working directory. An inventory in another user's directory is not picked up unnamed. */
export function findInventory(directory: string): Checked<string> {
  const place = PLACES.find((one) => existsSync(join(directory, one)))
  if (place === undefined) {
    const hint = 'name one: -i FILE, or hosts: -i crane01,crane[02-04]'
    return mistaken([mistake('no-inventory', 'no inventory given', undefined, hint)])
  }
  try {
    const path = join(directory, place)
    diskTrust().checkFound(path, `to use it, add -i ${place}`)
    const { mode } = statSync(path)
    if ((mode & 0o111) !== 0 && statSync(path).isFile() && readFileSync(path, 'utf8').startsWith('#!')) {
      const message = `./${place} is executable, and an executable inventory runs only when -i names it`
      return mistaken([mistake('unnamed-script', message, undefined, `to run it, add -i ${place}`)])
    }
    return checked(join('.', place))
  } catch (error) {
    return mistaken([unreadable(place, error)])
  }
}
