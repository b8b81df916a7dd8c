/** What is on the disk after a power cut: whatever had reached it by then, in the order asked for. */
import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { performRun, replaceFolder, writeAtomically } from "specialist/internal/runtime/mod.ts";
import { diskLog } from "./records/disk_log.ts";
import { identity } from "./records/sum_run.ts";

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

describe("a power cut", { ignore: Deno.build.os === "windows" }, () => {
  it("leaves a file old or new: its contents are there before its name, which is there too", async () => {
    const log = await diskLog(folder, () => writeAtomically(join(folder, "a.json"), "1"));
    assertEquals(log, ["sync a.json.*", "rename a.json", "sync ."]);
  });

  it("leaves a folder old or new, however its files were written", async () => {
    const path = join(folder, "model");
    await replaceFolder(path, () => Promise.resolve());
    const log = await diskLog(folder, () =>
      replaceFolder(path, async (fresh) => {
        await Deno.mkdir(join(fresh, "unet"));
        await Deno.writeTextFile(join(fresh, "unet", "config.json"), "{}");
      }));
    assertEquals(log, [
      "sync model.*/unet/config.json",
      "sync model.*/unet",
      "sync model.*",
      "rename model.*",
      "rename model",
      "sync .",
      "remove model.*",
    ]);
  });

  it("leaves a checkpoint that the record names, and the metrics up to it", async () => {
    let log: string[] = [];
    const save = (to: string) => Deno.writeTextFile(join(to, "weights"), "1");
    await performRun({ identity, folder, backend: "cpu" }, async (run) => {
      await run.saveCheckpoint(1, save);
      await run.log({ step: 2, loss: 0.5 });
      log = await diskLog(folder, () => run.saveCheckpoint(2, save));
      return {};
    });
    assertEquals(log, [
      "sync checkpoints/step-00000002.*/weights",
      "sync checkpoints/step-00000002.*",
      "rename checkpoints/step-00000002",
      "sync checkpoints",
      "sync metrics.jsonl",
      "sync run.json.*",
      "rename run.json",
      "sync .",
      "remove checkpoints/step-00000001",
    ]);
  });

  it("leaves the folder of a run that has begun, and those above it", async () => {
    const run = { identity, folder: join(folder, "runs", "1"), backend: "cpu" };
    const log = await diskLog(folder, () => performRun(run, () => Promise.resolve({})));
    assertEquals(log.slice(0, 2), ["sync .", "sync runs"]);
  });
});
