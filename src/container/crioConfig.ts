// CRI-O's drop-in for CraneSched: the one file, and what `crio config` says of the keys that are in force.
import { holds, parseToml } from '../task/index.ts'

type Tree = Readonly<Record<string, unknown>>

/** What a site may set; what CraneSched needs besides is always in the drop-in. */
export interface CrioSettings {
  /** The address at which the streams of containers are offered. */
  readonly streamAddress?: string | undefined
  readonly streamPort?: number | undefined
  readonly streamTls?: boolean | undefined
  readonly streamCertificate?: string | undefined
  readonly streamKey?: string | undefined
  readonly cniBinDir?: string | undefined
  readonly cniConfDir?: string | undefined
  readonly pauseImage?: string | undefined
  readonly cdiSpecDirs?: readonly string[] | undefined
}

const HEADER = '# Written by crane-play for CraneSched. Files whose names come later have the last word.\n'

/** The keys by table. Source: crio.conf(5). */
const tables = (settings: CrioSettings): Readonly<Record<string, Tree>> => {
  const { streamAddress, streamPort, streamTls, streamCertificate = '', streamKey = '' } = settings
  const { cniBinDir, cniConfDir, pauseImage, cdiSpecDirs } = settings
  return {
    'crio.api': {
      ...(streamAddress !== undefined && { stream_address: streamAddress }),
      ...(streamPort !== undefined && { stream_port: String(streamPort) }),
      ...(streamTls !== undefined && { stream_enable_tls: streamTls }),
      ...(streamTls && { stream_tls_cert: streamCertificate, stream_tls_key: streamKey }),
    },
    // CraneSched names a cgroup by its path, and learns from events that a container ended.
    'crio.runtime': {
      cgroup_manager: 'cgroupfs',
      conmon_cgroup: 'pod',
      enable_pod_events: true,
      ...(cdiSpecDirs !== undefined && { cdi_spec_dirs: cdiSpecDirs }),
    },
    'crio.image': { ...(pauseImage !== undefined && { pause_image: pauseImage }) },
    'crio.network': {
      ...(cniConfDir !== undefined && { network_dir: cniConfDir }),
      ...(cniBinDir !== undefined && { plugin_dirs: [cniBinDir] }),
    },
  }
}

/** Takes the settings and returns the whole text of the drop-in. JSON's strings, numbers and lists are TOML as well. */
export const crioDropIn = (settings: CrioSettings): string =>
  HEADER +
  Object.entries(tables(settings))
    .filter(([, keys]) => Object.keys(keys).length > 0)
    .map(([table, keys]) => {
      const lines = Object.entries(keys).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      return `\n[${table}]\n${lines.join('')}`
    })
    .join('')

/** A key that another file sets otherwise. */
export interface Overruled {
  readonly key: string
  readonly value: unknown
  readonly wanted: unknown
}

/**
 * Takes what `crio config` prints and the settings; returns the first key that is not in force, undefined when all are.
 * CRI-O prints keys that have their defaults as comments.
 */
export function overruledCrio(printed: string, settings: CrioSettings): Overruled | undefined {
  for (const keys of Object.values(tables(settings)))
    for (const [key, wanted] of Object.entries(keys)) {
      const value = valueIn(printed, key)
      if (!holds({ value }, { value: wanted })) return { key, value, wanted }
    }
  return undefined
}

/** Each key that is asked for is in one table only. */
function valueIn(printed: string, key: string): unknown {
  const found =
    new RegExp(`^${key} = (\\[\\n(?:[^\\]].*\\n)*\\]|.*)$`, 'm').exec(printed) ??
    new RegExp(`^# ${key} = (\\[\\n(?:# [^\\]].*\\n)*# \\]|.*)$`, 'm').exec(printed)
  return parseToml(`value = ${(found?.[1] ?? '').replace(/^# /gm, '')}\n`)?.['value']
}
