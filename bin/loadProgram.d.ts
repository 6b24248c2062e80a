export const v8Flags: readonly string[]

export function loadProgram(file: string): { start(): Promise<void>; hasRun(): boolean }
