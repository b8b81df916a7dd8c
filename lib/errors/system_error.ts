import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { formatBytes } from "../units/mod.ts";
import type { Problem } from "./user_error.ts";

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

/** The problem behind an error of the operating system, however deep among the causes. */
export function systemProblem(error: unknown): Problem | undefined {
  const refused = refusalIn(error);
  if (refused) return refused;
  const code = codeOf(error);
  const remedy = code && remedies[code];
  if (!remedy) return undefined;
  const { message } = error as Error;
  if (code !== "ENOSPC") return { what: message, remedy };
  return { what: `disk full: ${message}${freeSpace(message)}`, remedy };
}

/** What Deno did not allow this process. */
function refusalIn(error: unknown): Problem | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) continue;
    return {
      what: cause.message.replace(/, run again with .*/, ""),
      remedy: "name the place to write to on the command line, as with --output; tasks may do no " +
        "more than they need, and whatever else has to be allowed: deno run -A cli/main.ts …",
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
