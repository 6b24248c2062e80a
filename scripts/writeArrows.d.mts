export const ARROW_FILES: Readonly<Record<string, (now: string) => string>>
