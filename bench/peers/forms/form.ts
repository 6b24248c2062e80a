// The shape of a deployment written for one tool: files by their path in that tool’s own directory.
import type { Step } from '../deployment.ts'

export type FormFiles = ReadonlyMap<string, string>
export type Form = (steps: readonly Step[]) => FormFiles
