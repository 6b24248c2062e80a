// The shape of a deployment written for one tool: files by their path in a folder of the tool's own.
import type { Step } from '../deployment.ts'

export type FormFiles = ReadonlyMap<string, string>
export type Form = (steps: readonly Step[]) => FormFiles
