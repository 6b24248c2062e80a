// The settings of CraneSched's daemons in their configuration file: what they refuse, ignore or take for something else.
import { CRANE_CONFIG, craneConfigFile, defineChecks, mapAt } from 'crane-play/container'
import { reading, textFile } from 'crane-play/task'

const FIX = 'correct it on the control node, give all hosts the same file, and restart cranectld, then craned'

const TLS_FILES = `sed -n '/^TLS:/,/^[^ #]/p' ${CRANE_CONFIG} 2>/dev/null | sed -n 's/^ *\\(InternalCertFilePath\\|InternalKeyFilePath\\|CaFilePath\\|ExternalCertFilePath\\|ExternalKeyFilePath\\): *//p' | tr -d "\\"'" | sed 's/ *#.*//' | while read -r path; do
  [ -s "$path" ] || echo "$path"
done`

// Nothing else of that file is read: it has passwords.
const VAULT = `awk '/^Vault:/ { v = 1; next } /^[^ #]/ { v = 0 } v && /^ +Enabled:/ { print $2; exit }' /etc/crane/database.yaml 2>/dev/null`

/** Keys and the type that yaml-cpp must find there, with a dot below a section. */
const TRUTHS = ['CraneCtldForeground', 'CranedForeground', 'CompressedRpc', 'EnableSlurmCompatibleEnv', 'PriorityFavorSmall', 'RejectJobsBeyondCapacity', 'TrackWCKey', 'JobFileAppend', 'IgnoreConfigInconsistency', 'AllLicenseResourcesAbsolute', 'CraneCtld.JobRequeue', 'TLS.Enabled']
const NUMBERS = ['PriorityWeightAge', 'PriorityWeightFairShare', 'PriorityWeightJobSize', 'PriorityWeightPartition', 'PriorityWeightQoS', 'PendingQueueMaxSize', 'ScheduledBatchSize', 'CraneCtld.CranedTimeout', 'CraneCtld.MaxLogFileNum', 'CraneCtld.ThreadPoolSize', 'CraneCtld.MaxRequeueCount', 'Craned.PingInterval', 'Craned.CraneCtldTimeout', 'Craned.MaxLogFileNum', 'Craned.ThreadPoolSize', 'Craned.NodeHealthCheckInterval', 'Supervisor.MaxLogFileNum']

export default defineChecks({
  title: "the settings of CraneSched's daemons",
  on: ['control', 'compute'],
  observe: () => ({ file: textFile(CRANE_CONFIG), tlsFiles: reading('doctor tls files', TLS_FILES), vault: reading('doctor vault', VAULT) }),
  read: ({ file, tlsFiles, vault }) => {
    const values = craneConfigFile(file)?.values
    return values && { values, tlsFiles: tlsFiles.split('\n').filter(Boolean), vault: vault.trim() }
  },
  checks: [
    {
      name: 'valueRefused',
      symptom: 'cranectld or craned aborts when it starts, without a message of its own',
      cause: 'a key has a value of another type, or none',
      fix: FIX,
      find: ({ values }) => {
        const wrong = (keys: readonly string[], right: RegExp) =>
          keys.filter((key) => {
            const value = at(values, key)
            return value !== undefined && !right.test(String(value))
          })
        return [...wrong(TRUTHS, /^(y|yes|true|on|n|no|false|off)$/i), ...wrong(NUMBERS, /^-?\d+$/)].map((key) => `${key}: ${shown(at(values, key))}`).join(', ') || undefined
      },
    },
    {
      name: 'listenAddressRefused',
      symptom: 'cranectld ends when it starts',
      cause: '`CraneCtldListenAddr` is not an IP address',
      fix: 'use 0.0.0.0, or an address of the control node',
      find: ({ values }, { roles }) => {
        const address = values['CraneCtldListenAddr']
        return roles.has('control') && address !== undefined && !/^([0-9]+(\.[0-9]+){3}|[0-9a-f]*:[0-9a-f:.]*)$/i.test(String(address)) ? `CraneCtldListenAddr: ${shown(address)}` : undefined
      },
    },
    {
      name: 'healthCheckWithoutProgram',
      symptom: 'craned ends when it starts',
      cause: 'the section `HealthCheck:` has no `Program`',
      fix: 'set it, or remove the section',
      find: ({ values }) => ('HealthCheck' in values && !mapAt(values, 'HealthCheck')['Program'] ? 'HealthCheck has no Program' : undefined),
    },
    {
      name: 'prologFlagsConflict',
      symptom: 'daemons end when they start',
      cause: '`PrologFlags` has both runinjob and serial',
      fix: 'leave one of them',
      find: ({ values }) => {
        const flags = String(mapAt(values, 'JobLifecycleHook')['PrologFlags'] ?? '')
        return /runinjob/i.test(flags) && /serial/i.test(flags) ? `PrologFlags: ${flags}` : undefined
      },
    },
    {
      name: 'settingsCapped',
      symptom: 'a setting of the scheduler has less effect than it reads',
      cause: 'CraneSched takes 7 days for a longer PriorityMaxAge, and 200000 for a larger ScheduledBatchSize',
      fix: 'write what is in force',
      find: ({ values }, { roles }) => {
        if (!roles.has('control')) return undefined
        const days = /^(\d+)-/.exec(String(values['PriorityMaxAge'] ?? ''))?.[1]
        const over = [...(Number(days ?? 0) > 7 ? ['PriorityMaxAge'] : []), ...(Number(values['ScheduledBatchSize'] ?? 0) > 200_000 ? ['ScheduledBatchSize'] : [])]
        return over.map((key) => `${key}: ${shown(values[key])}`).join(', ') || undefined
      },
    },
    {
      name: 'tlsFileMissing',
      symptom: 'daemons end when they start',
      cause: 'TLS is on, and one of its files is missing or empty',
      fix: 'put the certificates and keys in place, or set `TLS.Enabled` to false',
      find: ({ values, tlsFiles }) => (isOn(mapAt(values, 'TLS')['Enabled']) ? tlsFiles.join(', ') || undefined : undefined),
    },
    {
      name: 'tlsWithoutVault',
      symptom: 'cranectld does not start',
      cause: '`TLS.Enabled` needs `Vault.Enabled` in /etc/crane/database.yaml',
      fix: 'turn both on, or both off',
      find: ({ values, vault }, { roles }) => (roles.has('control') && isOn(mapAt(values, 'TLS')['Enabled']) && !isOn(vault) ? `TLS.Enabled: true, Vault.Enabled: ${vault || 'not set'}` : undefined),
    },
    {
      name: 'foregroundOff',
      symptom: 'a daemon is reported as ended right after its start, and runs outside of its unit',
      cause: 'CraneSched puts itself in the background, which its unit does not expect',
      fix: `set CraneCtldForeground and CranedForeground to true in ${CRANE_CONFIG}`,
      find: ({ values }, { roles }) => {
        const keys = [...(roles.has('control') ? ['CraneCtldForeground'] : []), ...(roles.has('compute') ? ['CranedForeground'] : [])]
        const off = keys.filter((key) => !isOn(values[key]))
        return off.length > 0 ? off.map((key) => `${key}: ${shown(values[key])}`).join(', ') : undefined
      },
    },
    {
      name: 'baseDirectorySlash',
      symptom: 'plug-ins of CraneSched cannot be reached',
      cause: '`CraneBaseDir` does not end with a slash, and is joined without one',
      fix: 'write it with a slash at the end',
      find: ({ values }) => {
        const base = values['CraneBaseDir']
        return typeof base === 'string' && !base.endsWith('/') ? `CraneBaseDir: ${base}` : undefined
      },
    },
    {
      name: 'ignoredListenAddress',
      symptom: 'craned listens on all addresses though one is configured',
      cause: 'no program reads `CranedListenAddr`; craned reads `CranedListen`',
      fix: 'write `CranedListen`',
      find: ({ values }) => ('CranedListenAddr' in values && values['CranedListenAddr'] !== '0.0.0.0' && !('CranedListen' in values) ? `CranedListenAddr: ${shown(values['CranedListenAddr'])}` : undefined),
    },
    {
      name: 'debugLevelUnknown',
      symptom: 'a daemon ends when it starts',
      cause: 'a debug level is not one that CraneSched knows',
      fix: 'use trace, debug, info, warn, error or off',
      find: ({ values }) => {
        const bad = ['CraneCtldDebugLevel', 'CranedDebugLevel'].filter((key) => key in values && !/^(trace|debug|info|warn|error|off)$/.test(String(values[key])))
        return bad.length > 0 ? bad.map((key) => `${key}: ${shown(values[key])}`).join(', ') : undefined
      },
    },
    {
      name: 'keepalivedWithoutDirectory',
      symptom: 'cranectld ends when it starts',
      cause: 'the section `Keepalived:` has no `CraneSharedBaseDir`',
      fix: 'set it, or remove the section',
      find: ({ values }, { roles }) =>
        roles.has('control') && 'Keepalived' in values && !mapAt(values, 'Keepalived')['CraneSharedBaseDir'] ? 'Keepalived has no CraneSharedBaseDir' : undefined,
    },
    {
      name: 'preemptHalfSet',
      symptom: 'cranectld ends when it starts',
      cause: '`Preempt:` has a type without a mode, or a mode without a type',
      fix: 'set both or neither',
      find: ({ values }) => {
        const { PreemptType = 'none', PreemptMode = 'OFF' } = mapAt(values, 'Preempt') as Record<string, string>
        return (String(PreemptType).toLowerCase() === 'none') !== (String(PreemptMode).toUpperCase() === 'OFF') ? `PreemptType: ${PreemptType}, PreemptMode: ${PreemptMode}` : undefined
      },
    },
  ],
})

const at = (values: unknown, key: string): unknown => {
  const [section, name] = key.split('.')
  return name === undefined ? mapAt({ values }, 'values')[key] : mapAt(values, section ?? '')[name]
}

const isOn = (value: unknown): boolean => value === true || (typeof value === 'string' && /^(y|yes|true|on)$/i.test(value))

const shown = (value: unknown): string => (value === undefined ? 'not set' : JSON.stringify(value))
