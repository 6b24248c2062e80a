// What doctor finds on the cluster of its test: while it is bare, when it is deployed, and with several faults at once.

/** Some of what bare hosts lack. */
export const OF_BARE_HOSTS = {
  containerDisabled: 'crane01',
  runtimeMissing: 'crane[02-04]',
  networkMissing: 'crane[02-04]',
}

/** Debian's own package of containerd is what the lab installs, and its version is refused by newer builds of craned. */
export const OF_THE_LAB = { containerdVersionRefused: 'crane[02-04]' }

/** Faults that stay until doctor's fix: each [check, host, plant]. */
export const LASTING: readonly (readonly [check: string, host: string, plant: string])[] = [
  [
    'systemdCgroup',
    'crane02',
    `printf '%s\\n' '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]' 'runtime_type = "io.containerd.runc.v2"' '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]' 'SystemdCgroup = true' >>/etc/containerd/config.toml`,
  ],
  ['configurationNotInForce', 'crane02', ':'],
  ['networkInvalid', 'crane03', 'echo "{" >/etc/cni/net.d/00-crane.conf'],
  ['cranedDown', 'crane03', 'systemctl stop craned'],
  ['configurationDiffers', 'crane04', "sed -i 's/Enabled: true/Enabled: false/' /etc/crane/config.yaml"],
  ['containerDisabledOnNode', 'crane04', ':'],
  ['configurationNotRead', 'crane04', ':'],
  [
    'networkHidden',
    'crane04',
    `echo '{ "cniVersion": "1.0.0", "name": "x", "plugins": [{ "type": "bridge", "bridge": "x0", "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.99.0.0/16" }]] } }] }' >/etc/cni/net.d/00-a.conflist`,
  ],
  [
    'cranedBeforeRuntime',
    'crane04',
    'rm /etc/systemd/system/craned.service.d/10-container-runtime.conf; systemctl daemon-reload',
  ],
]

/** Faults that are planted all at once, and taken away again. */
export const TOGETHER: readonly (readonly [checks: readonly string[], host: string, plant: string, undo: string])[] = [
  [
    ['databaseConfigurationExposed'],
    'crane01',
    'chmod 644 /etc/crane/database.yaml',
    'chmod 600 /etc/crane/database.yaml',
  ],
  [
    ['proxyForEveryone'],
    'crane01',
    'echo http_proxy=http://p:1 >/etc/profile.d/proxy.sh',
    'rm /etc/profile.d/proxy.sh',
  ],
  [
    ['socketForEveryone'],
    'crane02',
    'chmod 666 /run/containerd/containerd.sock',
    'chmod 660 /run/containerd/containerd.sock',
  ],
  [['streamKeyReadable'], 'crane02', 'chmod 644 /etc/crane/tls/stream.key', 'chmod 600 /etc/crane/tls/stream.key'],
  [['cdiFileInvalid'], 'crane02', "mkdir -p /etc/cdi; echo 'kind: [' >/etc/cdi/x.yaml", 'rm -r /etc/cdi'],
  [
    ['cniSwallowed', 'failedToReachRuntime'],
    'crane02',
    "printf '%s\\n' 'unexpected end of JSON input' '[gRPC:14] refused' >/var/crane/supervisor/9999.0.log",
    'rm /var/crane/supervisor/9999.0.log',
  ],
  [
    ['supervisorMissing'],
    'crane03',
    'mv /usr/libexec/csupervisor /root/kept',
    'mv /root/kept /usr/libexec/csupervisor',
  ],
  [
    ['proxyInUnit'],
    'crane03',
    "mkdir -p /run/systemd/system/craned.service.d; printf '[Service]\\nEnvironment=HTTP_PROXY=http://p:1\\n' >/run/systemd/system/craned.service.d/p.conf; systemctl daemon-reload",
    'rm /run/systemd/system/craned.service.d/p.conf; systemctl daemon-reload',
  ],
  [['pluginMissing'], 'crane03', 'mv /opt/cni/bin/bridge /root/bridge', 'mv /root/bridge /opt/cni/bin/bridge'],
  [['networkFilesInvalid'], 'crane03', 'echo x >/etc/cni/net.d/99-x.conf', 'rm /etc/cni/net.d/99-x.conf'],
  [
    ['namesUnresolved'],
    'crane03',
    'cp /etc/hosts /root/hosts; echo 127.0.0.1 localhost >/etc/hosts',
    'cat /root/hosts >/etc/hosts; rm /root/hosts',
  ],
  [
    ['streamCertificateExpires', 'streamCertificateForeign', 'streamKeyForeign'],
    'crane04',
    'cd /etc/crane/tls; mv stream.crt /root/kept; openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=x -addext subjectAltName=DNS:x -keyout /dev/null -out stream.crt 2>/dev/null',
    'mv /root/kept /etc/crane/tls/stream.crt',
  ],
  [
    ['socketMissing', 'tlsFileMissing', 'valueRefused'],
    'crane04',
    "cp -p /etc/crane/config.yaml /root/crane; sed -i 's|RuntimeEndpoint: .*|RuntimeEndpoint: /run/none.sock|' /etc/crane/config.yaml; printf 'CompressedRpc: yess\\nTLS:\\n  Enabled: true\\n  CaFilePath: /nowhere\\n' >>/etc/crane/config.yaml",
    'cp -p /root/crane /etc/crane/config.yaml; rm /root/crane',
  ],
]

const users = "sed -i.kept 's/UserNsEnabledByDefault: false/UserNsEnabledByDefault: true/' /etc/crane/config.yaml"
const back = 'mv /etc/crane/config.yaml.kept /etc/crane/config.yaml'
const CFORED = '/etc/systemd/system/cfored.service'

/** Faults that hosts have together, or where users log in: what is planted, and what doctor finds where. */
export const SPREAD = {
  login: 'crane04',
  plants: [
    [
      'crane02',
      `${users}; cp -p /etc/subuid /root/kept-subuid; echo ada:200000:65536 >>/etc/subuid`,
      `${back}; mv /root/kept-subuid /etc/subuid`,
    ],
    ['crane03', `${users}; systemctl restart craned`, `${back}; systemctl restart craned`],
    [
      'crane04',
      `${users}; mv /usr/bin/ccon /root/kept-ccon; printf '[Service]\\nExecStart=/bin/false\\n' >${CFORED}; systemctl daemon-reload`,
      `${back}; mv /root/kept-ccon /usr/bin/ccon; rm ${CFORED}; systemctl daemon-reload`,
    ],
  ],
  found: {
    subIdsDifferBetweenNodes: ['crane02', 'differ from those of'],
    driftLogged: ['crane01', 'CranedNode #crane03'],
    cconMissing: ['crane04', 'there is no ccon'],
    cforedDown: ['crane04', 'cfored.service is inactive'],
  },
} as const

/** What a firewall of nftables keeps out of a node, as the test of the streams has one. */
export const CLOSED = { portsClosed: 'crane02', streamPortClosed: 'crane02' }
