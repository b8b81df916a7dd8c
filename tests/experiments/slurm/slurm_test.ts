/** Sweeps through a real Slurm, on a cluster of one node that is started for the test. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { useBackend } from "specialist/internal/tensor/mod.ts";
import { writeTinyModel } from "../../soak/tiny_model.ts";
import { type SweepRuns, sweepRuns } from "../sweep/sweep_runs.ts";

const script = join(import.meta.dirname!, "cluster.sh");
const decoder = new TextDecoder();

async function command(name: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(name, { args }).output();
  if (code !== 0) throw new Error(`${name}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}

function isInstalled(): boolean {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return ["sbatch", "slurmctld", "slurmd", "munged"].every((name) =>
    folders.some((folder) => {
      try {
        return Deno.statSync(join(folder, name)).isFile;
      } catch {
        return false;
      }
    })
  );
}

const installed = isInstalled();
const title = installed
  ? "a sweep through Slurm"
  : "a sweep through Slurm (skipped: not installed; tests/experiments/slurm/cluster.sh install)";

describe(title, { ignore: !installed }, () => {
  // As a shell would misread it.
  const place = (name: string) => `it's ${name}`;
  let folder: string;
  let cluster: string;
  let sweeps: SweepRuns;

  beforeAll(async () => {
    await useBackend();
    [folder, cluster] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    await writeTinyModel(join(folder, "base"));
    await command(script, "start", cluster);
    Deno.env.set("SLURM_CONF", join(cluster, "slurm.conf"));
    sweeps = sweepRuns(folder);
    assertEquals((await sweeps.sweep("tiny_sweep", "local", "--threads", "1")).code, 0);
  });
  afterAll(async () => {
    await command(script, "stop", cluster);
    Deno.env.delete("SLURM_CONF");
    for (const path of [folder, cluster]) await Deno.remove(path, { recursive: true });
  });

  const submit = (name: string, place: string, ...options: string[]) =>
    sweeps.sweep(name, place, "--executor", "slurm", ...options);
  const queueIsEmpty = async () => {
    while (await command("squeue", "--noheader") !== "") await delay(200);
  };

  it("has the table of the same sweep on one machine", async () => {
    const at = place("plain");
    const options = { partition: "other", gres: "token:1", time: "00:10:00", memory: "600M" };
    const { code, out } = await submit(
      "tiny_sweep",
      at,
      ...Object.entries(options).flatMap(([name, value]) => [`--slurm.${name}`, value]),
    );
    assertEquals(code, 0);
    const [, job] = /Submitted job (\d+): 2 of 2 runs/.exec(out)!;

    const asked = await command("scontrol", "show", "job", `${job}_0`);
    for (
      const part of ["Partition=other", "gres:token:1", "TimeLimit=00:10:00", "MinMemoryNode=600M"]
    ) {
      assertStringIncludes(asked, part);
    }
    const status = await sweeps.status("tiny_sweep", at);
    // There is one token, so that they cannot run at the same time.
    assertStringIncludes(status.out, `Slurm's ${job}_1 is PENDING`);
    assertStringIncludes((await submit("tiny_sweep", at)).out, "Nothing to submit: 2 in the queue");

    await queueIsEmpty();
    const finished = await sweeps.status("tiny_sweep", at);
    assertStringIncludes(finished.out, "2 runs: 2 finished");
    const table = await sweeps.collect("tiny_sweep", at);
    assertEquals(table.code, 0);
    assertStringIncludes(table.out, "whole U-Net");
    assertEquals(await sweeps.tableIn(at), await sweeps.tableIn("local"));
    assertStringIncludes((await submit("tiny_sweep", at)).out, "Nothing to submit");
  });

  for (const signal of ["TERM", "KILL"]) {
    it(`resumes where a job was ended by SIG${signal}, to the same table`, async () => {
      const at = place(signal);
      await submit("tiny_sweep", at, "--jobs", "1");
      while ((await sweeps.progressOf("full", at)).step < 2) await delay(50);
      // As at the end of a job's time, or of a machine's.
      if (signal === "TERM") await command("scancel", "--me");
      else await command("scancel", "--me", "--full", "--signal=KILL");
      await command("scancel", "--me");
      await queueIsEmpty();
      const status = await sweeps.status("tiny_sweep", at);
      assertStringIncludes(status.out, "2 runs: 1 interrupted, 1 waiting");

      assertStringIncludes((await submit("tiny_sweep", at)).out, "2 of 2 runs");
      await queueIsEmpty();
      assertEquals((await sweeps.collect("tiny_sweep", at)).code, 0);
      assertEquals(await sweeps.tableIn(at), await sweeps.tableIn("local"));
      const full = (await sweeps.recordsIn(at)).find(({ kind }) => kind === "full")!;
      assert(full.attempts.at(-1)!.fromStep >= 2, "the checkpoint was not used");
    });
  }

  it("keeps a failed run with its error, and submits it again on demand", async () => {
    const at = place("failing");
    await submit("failing_sweep", at);
    await queueIsEmpty();
    const { code, err } = await sweeps.collect("failing_sweep", at);
    assertEquals(code, 1);
    assertStringIncludes(err, "1 of 2 runs failed");
    assertStringIncludes((await submit("failing_sweep", at)).out, "Nothing to submit");
    assertStringIncludes((await submit("failing_sweep", at, "--retry")).out, "1 of 2 runs");
    await queueIsEmpty();
    const failed = (await sweeps.recordsIn(at)).find(({ status }) => status === "failed")!;
    assertEquals(failed.attempts.length, 2);
  });

  it("says what Slurm has against it", async () => {
    const { code, err } = await submit("tiny_sweep", "refused", "--slurm.partition", "gpus");
    assertEquals(code, 2);
    assertStringIncludes(err, "invalid partition specified: gpus");
  });
});
