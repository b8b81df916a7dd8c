/** What may stand in the place of a file, besides one of other bytes. */
import { join } from "node:path";

export const stands = ["nothing", "folder", "vast", "loop", "elsewhere", "device", "pipe"] as const;

/** "vast" is a file of a terabyte without a byte in it; the last four are links. */
export type Stand = typeof stands[number];

export const standsIn = (inside: string) => join(inside, "stands");

/**
 * Makes one of each to be moved into place: links cannot be made by a process that may not write
 * everywhere.
 *
 * @param elsewhere a file beside all others
 */
export async function makeStands(inside: string, elsewhere: string): Promise<void> {
  const at = (name: string) => join(standsIn(inside), name);
  await Deno.mkdir(at("folder"), { recursive: true });
  await Deno.writeFile(at("vast"), new Uint8Array());
  await Deno.truncate(at("vast"), 2 ** 40);
  if (Deno.build.os === "windows") return;
  await Deno.symlink(at("back"), at("forth"));
  await Deno.symlink(at("forth"), at("back"));
  await Deno.symlink(at("forth"), at("loop"));
  await Deno.symlink(elsewhere, at("elsewhere"));
  await Deno.symlink("/dev/zero", at("device"));
  await Deno.symlink("/dev/stdin", at("pipe"));
}

/** Puts what stands for a file in its place, or back where it comes from. */
export function moveStand(
  inside: string,
  stand: Stand,
  path: string,
  direction: "there" | "back",
): void {
  if (stand === "nothing") return;
  const home = join(standsIn(inside), stand);
  if (direction === "there") Deno.renameSync(home, path);
  else Deno.renameSync(path, home);
}
