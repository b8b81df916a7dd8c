/** The project's tasks in processes of their own, and a copy of the project in which they may write. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout: where deno.json is. */
export const root = fileURLToPath(new URL(".", import.meta.resolve("../../../deno.json")));

/**
 * What a checkout has besides its files: packages, which the copy shares, and results of commands.
 */
const left = new Set([".git", "node_modules", "runs", ".cache"]);

/** Copies the checkout's files to `folder`; its packages are those of the checkout. */
export async function copyProject(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  for await (const { name } of Deno.readDir(root)) {
    if (!left.has(name)) await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"), { type: "dir" });
}

/**
 * The files of the checkout or of a copy that are changed or new, in Git's words; nothing without Git.
 */
export async function changesIn(project: string): Promise<string> {
  const git = async (...args: string[]) => {
    const env = { GIT_OPTIONAL_LOCKS: "0" };
    const { stdout } = await new Deno.Command("git", { args, env, cwd: root }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  try {
    const folder = await git("rev-parse", "--absolute-git-dir");
    return await git(`--git-dir=${folder}`, `--work-tree=${project}`, "status", "--porcelain");
  } catch {
    return "";
  }
}

/** Starts `deno task` with these words, in a copy of the project or in the checkout. */
export function startTask(words: string[], project: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...words],
    cwd: project,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/**
 * A task's exit code and all that it said.
 *
 * @param stopAt where it has said this, it is asked to end
 */
export async function endOf(
  child: Deno.ChildProcess,
  stopAt?: RegExp,
): Promise<{ code: number; output: string }> {
  let output = "", stopped = false;
  const listen = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      output += decoder.decode(bytes, { stream: true });
      if (stopped || !stopAt?.test(output)) continue;
      stopped = true;
      child.kill("SIGTERM");
    }
  };
  await Promise.all([listen(child.stdout), listen(child.stderr)]);
  return { code: (await child.status).code, output };
}
