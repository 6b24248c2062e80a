// How a hint that no table of pairs follows is followed, or why no machine can.

/** The file of the test below test/ that follows it, with a part of the name of the case, or why none can. */
export type HintRow = readonly [file: string, part: string] | string

/** By hint, as it stands in the source, with `…` for what is filled in. */
export type HintRows = Readonly<Record<string, HintRow>>
