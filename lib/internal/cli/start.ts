/**
 * `deno run -P=start lib/internal/cli/start.ts PROGRAM …`, which is what tasks are: fetches what is missing, and runs
 * the program with the permissions that it needs and no others.
 */
import { join } from "node:path";
import { confine, exitCodeOf, type Needs, renderError, UserError } from "../runtime/mod.ts";
import { prepareLibrary } from "./install.ts";
import { isQuestion, needsOf, placesIn } from "./needs.ts";
import { checkPlaces } from "./places.ts";

/** Memory in pages of 2 MiB: a process must be told before it starts. */
const tunables = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" };

/**
 * Runs a program until it ends, and passes on the signals that end it.
 *
 * @param temporary whether it writes temporary files: it gets a folder of its own for them, never the
 * system's whole one, and the folder is removed in the end, whatever the program left in it
 * @returns its exit code
 */
async function runConfined(
  program: string,
  words: string[],
  { temporary = false, writes = [], ...needs }: Needs & { temporary?: boolean },
): Promise<number> {
  if (!temporary) return await run(program, words, { ...needs, writes });
  const folder = await Deno.makeTempDir({ prefix: "specialist-" });
  try {
    const variables = { TMPDIR: folder, TMP: folder, TEMP: folder };
    return await run(program, words, { ...needs, writes: [...writes, folder] }, variables);
  } finally {
    // What the program started may still be at work there.
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

async function run(
  program: string,
  words: string[],
  needs: Needs,
  variables: Record<string, string> = {},
): Promise<number> {
  const { args, env } = confine(needs);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, program, ...words],
    env: { ...env, ...tunables, ...variables },
  }).spawn();
  // A terminal sends Ctrl-C to both.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => child.kill(signal));
    }
  }
  const { code, signal } = await child.status;
  if (signal === "SIGKILL") console.error(renderError(killed()));
  return code;
}

/** What can be said of a process that could say nothing itself. */
function killed(): UserError {
  return new UserError({
    what: "the process was killed (SIGKILL), as the system does where memory runs out",
    remedy:
      "end other programs or use a smaller batch, and run the same command again; a run resumes " +
      "from what it has saved",
  });
}

const [program, ...args] = Deno.args;
try {
  const { computes, ...needs } = needsOf(program, args);
  const places = await placesIn(program, args);
  if (!isQuestion(args)) await checkPlaces(places);
  if (computes) await prepareLibrary();
  const file = join(import.meta.dirname!, "..", "..", "..", program);
  const { folder: filled = [], replaced = [] } = Object.groupBy(
    places,
    ({ kind }) => kind === "folder" ? kind : "replaced",
  );
  Deno.exitCode = await runConfined(file, args, {
    ...needs,
    writes: filled.map(({ path }) => path),
    replaces: replaced.map(({ path }) => path),
  });
} catch (error) {
  console.error(renderError(error));
  Deno.exitCode = exitCodeOf(error);
}
