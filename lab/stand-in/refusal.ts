/** A daemon's own way out of a configuration that it does not accept: a logged line and exit status 1. */
export class Refusal extends Error {}
