/** Exit codes of all subcommands. docs/command.md has the same table. */
export const EXIT = { ok: 0, failed: 1, notServing: 2, unseen: 3 } as const;

/** Ends a command with words for the person who typed it. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly code: number = EXIT.failed,
  ) {
    super(message);
  }
}
