import { excerpt, shown } from "./excerpt.ts";

/** Something that the person who started the program can put right. */
export interface Problem {
  /** What is wrong, in a sentence without its place. */
  what: string;
  file?: string;
  field?: string;
  /** The value at fault. */
  value?: unknown;
  /** What to do about it. */
  remedy: string;
}

/**
 * An error with a remedy.
 *
 * ```ts
 * throw new UserError({
 *   what: "a picture has no caption",
 *   file: "shots/avocado.png",
 *   remedy: "write its caption to shots/avocado.txt",
 * });
 * ```
 */
export class UserError extends Error {
  override name = "UserError";

  constructor(readonly problem: Problem, options?: ErrorOptions) {
    super(summaryOf(problem), options);
  }
}

function summaryOf({ what, file, field, value, remedy }: Problem): string {
  const place = [file, field].filter(Boolean).join(", ");
  const got = value === undefined ? "" : ` (got ${shown(value)})`;
  return `${place ? `${excerpt(place)}: ` : ""}${excerpt(what)}${got}; ${excerpt(remedy)}`;
}
