/** The seeds' folders on disk, in which one file at a time is changed. */
import { dirname, join } from "node:path";
import { changedFile, type Input, moveStand } from "./input.ts";
import { inside } from "./root.ts";
import type { Files } from "./target.ts";

type Workspace = {
  folderOf(seed: number): string;
  /**
   * Changes a file, once the one that was changed before is as it was.
   *
   * @returns its length
   */
  place(input: Input): number;
};

export function openWorkspace(root: string, seeds: readonly Files[]): Workspace {
  const folderOf = (seed: number) => join(inside(root), `${seed}`);
  const pathOf = ({ seed, file }: Input) => join(folderOf(seed), file);
  for (const [seed, files] of seeds.entries()) {
    for (const [file, bytes] of Object.entries(files)) {
      const path = join(folderOf(seed), file);
      Deno.mkdirSync(dirname(path), { recursive: true });
      write(path, bytes);
    }
  }

  let last: Input | undefined;
  const restore = (input: Input) => {
    const { seed, file, how } = input;
    if ("stand" in how) moveStand(inside(root), how.stand, pathOf(input), "back");
    write(pathOf(input), seeds[seed][file]);
  };
  return {
    folderOf,
    place(input) {
      if (last) restore(last);
      last = input;
      const { seed, file, how } = input;
      const path = pathOf(input);
      if ("stand" in how) {
        Deno.removeSync(path);
        moveStand(inside(root), how.stand, path, "there");
        return 0;
      }
      const files = Object.values(seeds[seed]);
      const donor = files[how.changes.length % files.length];
      const bytes = changedFile(file, seeds[seed][file], how, donor);
      write(path, bytes);
      return bytes.length;
    },
  };
}

/** In place: some file systems write a file that is cut to nothing first to the disk at once. */
function write(path: string, bytes: Uint8Array): void {
  using file = Deno.openSync(path, { write: true, create: true });
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
  file.truncateSync(bytes.length);
}
