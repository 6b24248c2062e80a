/** The mounts of a container in a user namespace by BindFs: each source under other ids, as CraneSched's supervisor makes them. */
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, rmdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Job } from './jobTypes.ts'
import type { UserNamespace } from './podRequest.ts'
import type { BindFs } from './readContainer.ts'

type Volume = Job['request']['container']['volumes'][number]

const placeOf = ({ base }: BindFs, job: Job, index: number) =>
  resolve('/var/crane', base, String(job.request.uid), `${job.id}-${index}`)

/** Mounts the sources and returns the volumes with where they are now. Throws with what bindfs said. */
export function bindMounts(bindFs: BindFs, job: Job, { uid, gid }: UserNamespace): Volume[] {
  const { uid: user, gid: group } = job.request
  return job.request.container.volumes.map(({ host, container }, index) => {
    if (!statSync(host).isDirectory()) throw new Error(`BindFs: mount source ${host} is not a directory`)
    const place = placeOf(bindFs, job, index)
    const own = resolve(place, '..')
    mkdirSync(own, { recursive: true, mode: 0o700 })
    chownSync(own, user, group)
    mkdirSync(place, { recursive: true })
    const offsets = [`--uid-offset=${uid.start - user}`, `--gid-offset=${gid.start - group}`]
    const create = [`--create-for-user=${user}`, `--create-for-group=${group}`]
    // The program is not searched for, and its environment is empty.
    if (!bindFs.bindfs.startsWith('/')) throw new Error(`BindFs: ${bindFs.bindfs}: No such file or directory`)
    const options = [...offsets, ...create, '-o', 'allow_other', host, place]
    const { status, error, stderr } = spawnSync(bindFs.bindfs, options, { env: {}, encoding: 'utf8' })
    if (status !== 0) throw new Error(`BindFs: ${error?.message ?? stderr.trim()}`)
    return { host: place, container }
  })
}

/** Takes the job's mounts away again. */
export function unbindMounts(bindFs: BindFs, job: Job): void {
  job.request.container.volumes.forEach((_, index) => {
    const place = placeOf(bindFs, job, index)
    spawnSync(bindFs.fusermount, ['-u', place], { env: {} })
    try {
      rmdirSync(place)
    } catch {
      // It was never made, or is still busy.
    }
  })
}
