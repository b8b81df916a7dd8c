/**
 * Errors that a user can fix: what went wrong, the cause, and the remedy, on one screen.
 */
import { closestMatch } from "leven";
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { exitCodeOfSignal, Interrupted, isAbort } from "./interrupt.ts";
import { formatBytes } from "./units.ts";

/** A problem that the user can fix. */
interface Problem {
  /** What is wrong, in a sentence, without the place. */
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
 *   what: "an image has no caption",
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

/** An error as text for a terminal, within one screen. */
export function renderError(error: unknown): string {
  if (error instanceof UserError) return renderProblem(error.problem);
  if (isAbort(error)) return (error as Error).message;
  const problem = memoryProblem(error) ?? systemProblem(error);
  if (problem) return renderProblem(problem);
  return `error: ${error instanceof Error ? excerpt(error.message, Infinity) : shown(error)}`;
}

function renderProblem({ what, file, field, value, remedy }: Problem): string {
  const rows = [
    ["file", file],
    ["field", field],
    ["value", value === undefined ? undefined : shown(value)],
    ["remedy", remedy],
  ].filter((row): row is [string, string] => row[1] !== undefined);
  const lines = rows.map(([title, text]) =>
    `  ${title.padEnd(8)}${excerpt(text).replaceAll("\n", hanging)}`
  );
  return [`error: ${excerpt(what)}`, ...lines].join("\n");
}

const hanging = `\n${" ".repeat(10)}`;

const unreachable = "check the disk or the connection to it, and run the same command again";

const remedies: Record<string, string> = {
  ENOENT: "check the path, or create what it names",
  ENOTDIR: "give a folder where a folder is meant",
  EISDIR: "give a file where a file is meant",
  ENAMETOOLONG: "shorten the name, or correct it where it stands in a file",
  ELOOP: "remove the link that leads to itself, or put the file in its place",
  EACCES: "allow this user to use the file, or choose another place",
  EPERM: "allow this user to use the file, or choose another place",
  EROFS: "choose a place that can be written to",
  ENOSPC: "free some space, or choose a place on another disk, and run the same command again",
  EDQUOT: "free some space, or choose a place without this quota, and run the same command again",
  EIO: unreachable,
  ENODEV: unreachable,
  ENOTCONN: unreachable,
  ESTALE: unreachable,
  EMFILE: "allow more open files (ulimit -n)",
};

/** JavaScript says no more of an array for which there is no room. */
function memoryProblem(error: unknown): Problem | undefined {
  if (!(error instanceof RangeError) || error.message !== "Array buffer allocation failed") return;
  return {
    what: "out of memory: there is no room for an array",
    remedy: "use a smaller batch or fewer images at once, or end other programs",
  };
}

/** The problem behind an error of the operating system, however deep among the causes. */
function systemProblem(error: unknown): Problem | undefined {
  const refused = refusalIn(error);
  if (refused) return refused;
  const code = codeOf(error);
  const remedy = code && remedies[code];
  if (!remedy) return undefined;
  const { message } = error as Error;
  if (code !== "ENOSPC") return { what: message, remedy };
  return { what: `disk full: ${message}${freeSpace(message)}`, remedy };
}

/** A permission that this process does not have. */
function refusalIn(error: unknown): Problem | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) continue;
    return {
      what: cause.message.replace(/, run again with .*/, ""),
      remedy: "name the place to write to on the command line, as with --output; tasks may do no " +
        "more than they need, and whatever else has to be allowed: deno run -A experiments/main.ts …",
    };
  }
}

function codeOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === "string") return code;
  }
}

/** How much space is left where the message says that writing failed. */
function freeSpace(message: string): string {
  const path = /cannot write (.+?): /.exec(message)?.[1];
  if (!path) return "";
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return ` (${formatBytes(bavail * bsize)} free)`;
  } catch {
    return "";
  }
}

export const exitCodes = { done: 0, failed: 1, misused: 2 } as const;

/** The exit code of a process that ends with `error`. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return exitCodeOfSignal(error.signal);
  if (isAbort(error)) return exitCodeOfSignal("SIGINT");
  return error instanceof UserError ? exitCodes.misused : exitCodes.failed;
}

// Text from files, made safe for messages: it may be of any length, or hold terminal control codes.

const maxTextLength = 3000;
const maxValueLength = 300;

/** A text without control characters but line ends, cut where no screen would show the rest. */
function excerpt(text: string, longest = maxTextLength): string {
  const cut = text.length <= longest ? text : `${text.slice(0, longest)} …`;
  // deno-lint-ignore no-control-regex
  return cut.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** A value as code, cut where it is long. */
export function shown(value: unknown, options?: Deno.InspectOptions): string {
  const whole = typeof value === "string" ? value.slice(0, maxValueLength + 1) : value;
  return excerpt(Deno.inspect(whole, options), maxValueLength);
}

/** `", did you mean "seed"?"` where one of `known` is close to `word`, else nothing. */
export function didYouMean(word: string, known: string[]): string {
  const maxDistance = Math.max(1, Math.floor(word.length / 3));
  const closest = closestMatch(word, known, { maxDistance });
  return closest === undefined ? "" : `, did you mean "${closest}"?`;
}
