// How the product is bundled. The benchmark bundles its programs the same way, so it measures what users run.

/**
 * ssh2 has optional native parts, faster ciphers for one. They stay where npm built them and load if they are there:
 * their requires are inside try blocks.
 */
const optionalNatives = {
  name: 'optional-natives',
  setup(builder) {
    builder.onResolve({ filter: /sshcrypto\.node$/ }, () => ({
      path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node',
      external: true,
    }))
    builder.onResolve({ filter: /^cpu-features$/ }, () => ({ path: 'cpu-features', external: true }))
  },
}

/**
 * These come in both forms. An ES module's functions are made whenever the bundle is loaded; the CommonJS form is a
 * function of its own, which runs when somebody needs it: few runs speak to a container runtime.
 */
const madeWhenNeeded = {
  name: 'made-when-needed',
  setup(builder) {
    builder.onResolve({ filter: /^@(?:bufbuild|connectrpc)\// }, ({ path, kind, resolveDir }) =>
      kind === 'require-call' ? undefined : builder.resolve(path, { kind: 'require-call', resolveDir }),
    )
  },
}

/** @type {import('esbuild').BuildOptions} */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [optionalNatives],
  // jiti finds its compiler beside itself on the disk, so it cannot be moved into a bundle.
  external: ['jiti'],
}

/**
 * One CommonJS file with everything in it: `import()` only decides when a part is run. What is left outside is required,
 * since a script whose compiled code is kept has no `import()` of its own.
 */
export const oneFile = {
  ...bundling,
  plugins: [optionalNatives, madeWhenNeeded],
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '$file' },
  banner: { js: "const $file = require('node:url').pathToFileURL(__filename).href" },
}
