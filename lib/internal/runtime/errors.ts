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
  /** What to do about it; left out where `what` says it already. */
  remedy?: string;
  /** Whether the surroundings failed, as a network does, not what the user gave: the exit code is 1. */
  failed?: boolean;
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
  const next = remedy === undefined ? "" : `; ${excerpt(remedy)}`;
  return `${place ? `${excerpt(place)}: ` : ""}${excerpt(what)}${got}${next}`;
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

/** What is wrong with a path, where the system's words are about nothing else. */
const wordings: Record<string, string> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "this is a file, or lies in one, where a folder is needed",
  EISDIR: "this is a folder where a file is needed",
};

const unreachable = "check the disk or the connection to it, and run the same command again";

const remedies: Record<string, string> = {
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
  if (code === undefined) return undefined;
  const remedy = remedies[code];
  if (remedy === undefined && wordings[code] === undefined) return undefined;
  const { what, file } = systemWords((error as Error).message);
  if (file !== undefined && wordings[code]) return { what: wordings[code], file };
  if (code !== "ENOSPC") return { what, file, remedy };
  return { what: `disk full: ${what}${freeSpace((error as Error).message)}`, file, remedy };
}

/** Why the system refused, without its number, call and path: "No such file or directory". */
export function reasonOf(error: unknown): string {
  return systemWords(error instanceof Error ? error.message : String(error)).what;
}

/** As Deno words it, and as Node does. */
const systemMessages = [
  /^(?<what>.*) \(os error \d+\)(?:: \w+ '(?<file>.*?)'.*)?$/s,
  /^E[A-Z]{2,}: (?<what>.*?), \w+(?: '(?<file>.*?)'.*)?$/s,
];

function systemWords(message: string): { what: string; file?: string } {
  for (const pattern of systemMessages) {
    const { what, file } = pattern.exec(message)?.groups ?? {};
    if (what) return { what, file };
  }
  return { what: message };
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
  return error instanceof UserError && !error.problem.failed ? exitCodes.misused : exitCodes.failed;
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
  const swapped = withNeighboursSwapped(word);
  const closest = closestMatch(word, known, { maxDistance }) ??
    closestMatch(word.toLowerCase(), known, { maxDistance }) ??
    known.find((name) => swapped.includes(name));
  return closest === undefined ? "" : `, did you mean "${closest}"?`;
}

/** Two letters that have changed places are a single mistake, also in a short word. */
function withNeighboursSwapped(word: string): string[] {
  return Array.from(
    { length: Math.max(0, word.length - 1) },
    (_, i) => word.slice(0, i) + word[i + 1] + word[i] + word.slice(i + 2),
  );
}
