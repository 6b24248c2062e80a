// Cases of configureCrio.
import { UNKNOWN } from 'crane-play/task'
import { absent, directory, file, type TaskCases } from './kit.ts'

const path = '/etc/crio/crio.conf.d/10-crane.conf'
const params = { streamAddress: '10.77.0.12', streamPort: 10350, cniBinDir: '/opt/cni/bin' }
const text = `# Written by crane-play for CraneSched. Files whose names come later have the last word.

[crio.api]
stream_address = "10.77.0.12"
stream_port = "10350"

[crio.runtime]
cgroup_manager = "cgroupfs"
conmon_cgroup = "pod"
enable_pod_events = true

[crio.network]
plugin_dirs = ["/opt/cni/bin"]
`
/** As CRI-O 1.34 prints it: what has its default is a comment. */
const printed = `[crio.api]
stream_address = "10.77.0.12"
stream_port = "10350"
# stream_enable_tls = false
[crio.runtime]
conmon_cgroup = "pod"
cgroup_manager = "cgroupfs"
# cdi_spec_dirs = [
# 	"/etc/cdi",
# 	"/var/run/cdi",
# ]
enable_pod_events = true
[crio.network]
# network_dir = "/etc/cni/net.d/"
plugin_dirs = [
	"/opt/cni/bin",
]
`
const inForce = (stdout: string) => ({ status: 0, stdout })
const fatal = (where: string) => ({
  status: 1,
  stdout: `time="x" level=fatal msg="update config: unable to decode configuration ${where}: toml: \\"=\\" is missing"\n`,
})
const observed = { parent: directory(), inForce: inForce(printed) }

export default {
  decide: [
    { it: 'all is in force', params, observed: { ...observed, file: file(text) }, expect: { kind: 'ok' } },
    {
      it: 'what is asked for is the default, which CRI-O prints as a comment',
      params: { ...params, cdiSpecDirs: ['/etc/cdi', '/var/run/cdi'], streamTls: false },
      observed: {
        ...observed,
        file: file(
          text
            .replace('"10350"\n', '"10350"\nstream_enable_tls = false\n')
            .replace('= true\n', '= true\ncdi_spec_dirs = ["/etc/cdi","/var/run/cdi"]\n'),
        ),
      },
      expect: { kind: 'ok' },
    },
    {
      it: 'there is no drop-in',
      params,
      observed: { ...observed, file: absent },
      expect: {
        kind: 'change',
        says: `set what CraneSched needs in ${path}`,
        after: { file: { text }, inForce: UNKNOWN },
        steps: [`write ${path}`],
        script: 'crio --config-dir "$d" config',
      },
    },
    {
      it: 'streams are encrypted, and devices and the pause image are the site’s',
      params: {
        streamTls: true,
        streamCertificate: '/etc/x.crt',
        streamKey: '/etc/x.key',
        pauseImage: 'site/pause:1',
        cdiSpecDirs: ['/etc/cdi'],
        cniConfDir: '/etc/cni/net.d',
      },
      observed: { ...observed, file: absent },
      expect: {
        kind: 'change',
        diff: `--- /dev/null
+++ ${path}
@@ -0,0 +1,18 @@
+# Written by crane-play for CraneSched. Files whose names come later have the last word.
+
+[crio.api]
+stream_enable_tls = true
+stream_tls_cert = "/etc/x.crt"
+stream_tls_key = "/etc/x.key"
+
+[crio.runtime]
+cgroup_manager = "cgroupfs"
+conmon_cgroup = "pod"
+enable_pod_events = true
+cdi_spec_dirs = ["/etc/cdi"]
+
+[crio.image]
+pause_image = "site/pause:1"
+
+[crio.network]
+network_dir = "/etc/cni/net.d"
`,
      },
    },
    {
      it: 'a later file has the last word',
      params,
      observed: {
        ...observed,
        file: file(text),
        inForce: inForce(printed.replace('cgroup_manager = "cgroupfs"', '# cgroup_manager = "systemd"')),
      },
      expect: { kind: 'refuse', says: 'cgroup_manager is "systemd" in force', hint: 'later name' },
    },
    {
      it: 'another file is broken',
      params,
      observed: { ...observed, file: absent, inForce: fatal('/etc/crio/crio.conf') },
      expect: {
        kind: 'refuse',
        says: '`crio config` fails: update config: unable to decode configuration /etc/crio/crio.conf: toml: "=" is missing',
        hint: 'fix that file',
      },
    },
    {
      it: 'the drop-in itself is broken',
      params,
      observed: { ...observed, file: file('[crio'), inForce: fatal(path) },
      expect: { kind: 'change', after: { file: { text } } },
    },
    {
      it: 'there is no CRI-O',
      params,
      observed: { ...observed, file: absent, inForce: { status: 127, stdout: '' } },
      expect: { kind: 'refuse', says: 'there is no `crio`', hint: 'install CRI-O' },
    },
    {
      it: 'the directory is missing',
      params,
      observed: { ...observed, parent: absent, file: absent },
      expect: { kind: 'refuse', says: 'the directory /etc/crio/crio.conf.d does not exist', hint: 'ensureDirectory' },
    },
    {
      it: 'a directory is in its place',
      params,
      observed: { ...observed, file: directory() },
      expect: { kind: 'refuse', says: 'is a directory, not a file' },
    },
  ],
  wrong: [
    { params: { streamAddress: '127.0.0.1' }, path: '/streamAddress', says: 'at which other nodes reach' },
    { params: { streamTls: true }, path: '/streamTls', says: 'makes no certificate for itself' },
    { params: { streamKey: '/x' }, path: '', says: 'both streamCertificate and streamKey' },
    { params: { pauseImage: 'a b' }, path: '/pauseImage', says: 'pattern' },
  ],
  notLive: 'CRI-O is only there where the lab could build it: test/e2e/crio.test.ts runs it',
} satisfies TaskCases
