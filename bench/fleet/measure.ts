// A process for one measured run, so that no run inherits the memory of another: options in, measurements out.
import { type FleetRun, runFleet } from './runFleet.ts'

const run = JSON.parse(process.argv[2] ?? '{}') as FleetRun
void runFleet(run).then((figures) => process.stdout.write(`${JSON.stringify(figures)}\n`))
