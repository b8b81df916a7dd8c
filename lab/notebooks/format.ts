import { root } from "../environment.ts";

/**
 * A notebook as Deno formats it. `deno fmt --check` takes every notebook for one that is not formatted,
 * and so has to leave them out.
 */
export async function formatNotebook(text: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext", "ipynb", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const [, { success, stdout }] = await Promise.all([
    new Blob([text]).stream().pipeTo(process.stdin),
    process.output(),
  ]);
  // What is not TypeScript is left to the type check, which says where.
  return success ? new TextDecoder().decode(stdout) : text;
}
