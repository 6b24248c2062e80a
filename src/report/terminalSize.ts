// How large a terminal is.

/** A terminal, a file that stands in its place, or what a test has instead. */
export interface Sized {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** A pty without a size reports 0, which means the same as no answer. */
export const columnsOf = ({ columns }: Sized, otherwise = 80): number => columns || otherwise

export const rowsOf = ({ rows }: Sized): number => rows || 24
