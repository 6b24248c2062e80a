// The error that stands for a mistake in a task type's own code: not a bug of crane-play, and not of the host.

/** Ends as a failure of the task on that host, or as a mistake before the run. The message is for the type's author. */
export class TaskTypeThrew extends Error {}
