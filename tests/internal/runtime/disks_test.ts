/**
 * Disks that fail while a run is at work on them. They are mounted where no other process sees
 * them.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import type { Outcome } from "./records/disks.ts";

/** A program in a user and mount namespace of its own, where the system allows it. */
const apart = (...args: string[]) =>
  new Deno.Command("unshare", { args: ["--map-root-user", "--mount", ...args] }).output();

async function canMount(): Promise<boolean> {
  try {
    return (await apart("mount", "-t", "tmpfs", "tmpfs", "/tmp")).success;
  } catch {
    return false;
  }
}

const able = Deno.build.os === "linux" && await canMount();
const title = `a disk that fails${able ? "" : " (skipped: no mount namespaces here)"}`;

describe(title, { ignore: !able }, () => {
  let folder: string;
  let outcomes: Record<string, Outcome>;
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    const program = join(import.meta.dirname!, "records", "disks.ts");
    const deno = [Deno.execPath(), "run", "-A", "--no-check", program, folder];
    const { stdout, stderr } = await apart(...deno);
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    assert(lines[0], new TextDecoder().decode(stderr));
    outcomes = JSON.parse(lines.at(-1)!);
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  const errors = {
    full: ["disk full: cannot write", "place/run/checkpoints/", "free some space"],
    "read-only": ["Read-only file system", "place/run/", "choose a place that can be written to"],
    vanished: ["removed or replaced", "place/run", "bring it back"],
  };
  for (const [how, words] of Object.entries(errors)) {
    it(`${how === "vanished" ? "having" : "being"} ${how} is named, and its last checkpoint loads`, () => {
      const { error, startedFrom, same } = outcomes[how];
      for (const part of words) assertStringIncludes(error, part);
      assertEquals(startedFrom, [0, 4]);
      assert(same, "the training came to another end");
    });
  }
});
