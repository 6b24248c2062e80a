// The benchmark's own playbooks and inventories are right; where one is not, that is a bug of the benchmark.

/** @throws Error with all diagnostics */
export function need<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: unknown },
): T {
  if (!result.ok)
    throw new Error(`the benchmark's own playbook is wrong: ${JSON.stringify(result.diagnostics, null, 1)}`)
  return result.value
}
