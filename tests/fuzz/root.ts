/** A folder for one process: what its parser may write to, and a piece of the rest of the world. */
import { join } from "node:path";
import { makeStands } from "./input.ts";

/** Where all that a parser may write to lies. */
export const inside = (root: string) => join(root, "inside");

/** Makes a new one. To make links, Deno has to be allowed to write everywhere. */
export async function makeRoot(): Promise<string> {
  const root = await Deno.makeTempDir();
  const elsewhere = join(root, "elsewhere");
  await Deno.writeTextFile(elsewhere, "what lies elsewhere\n");
  await makeStands(inside(root), elsewhere);
  return root;
}

/** {@link makeRoot}, in a process that is allowed to. */
export async function makeRootElsewhere(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-read", "--allow-write", import.meta.filename!],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) await Deno.stdout.write(new TextEncoder().encode(await makeRoot()));
