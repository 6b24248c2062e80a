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
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '$file' },
  banner: { js: "const $file = require('node:url').pathToFileURL(__filename).href" },
}
