import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import {
  createFingerprint,
  failRun,
  gitCommit,
  hashFolder,
  Interrupted,
  isRunLocked,
  libraryVersions,
  listRuns,
  performRun,
  readMetrics,
  readRunRecord,
  type RunIdentity,
  runIdOf,
  UserError,
} from "specialist/internal/runtime/mod.ts";
import { identity, sumSteps } from "./records/sum_run.ts";

const changed: RunIdentity = {
  ...identity,
  config: { seed: 1, training: { batchSize: 8, steps: 6 } },
};

let parent: string;
beforeEach(async () => {
  parent = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(parent, { recursive: true }));

const perform = (work: Parameters<typeof performRun>[1], folder?: string, which = identity) =>
  performRun({ identity: which, parent, folder, backend: "cpu" }, work);

describe("run", () => {
  it("leaves a record of what was done and found", async () => {
    const record = await perform((run) => sumSteps(run));
    const folder = join(parent, runIdOf(identity));
    assertEquals(await readRunRecord(folder), record);
    assertEquals([record.status, record.results], ["finished", { sum: 91 }]);
    assertEquals(record.config, identity.config);
    assertEquals((await listRuns(parent)).map(({ record }) => record.id), [record.id]);
  });

  it("that is finished is not done again", async () => {
    const first = await perform((run) => sumSteps(run));
    const second = await perform(() => Promise.reject(new Error("done twice")));
    assertEquals(second, first);
  });

  for (const stopAt of [1, 3, 4]) {
    it(`interrupted after step ${stopAt} resumes to what it would have been`, async () => {
      const whole = await perform((run) => sumSteps(run), join(parent, "whole"));
      const folder = join(parent, "parts");
      await assertRejects(() => perform((run) => sumSteps(run, stopAt), folder), Interrupted);
      assertEquals((await readRunRecord(folder)).status, "interrupted");

      const record = await perform((run) => sumSteps(run), folder);
      assertEquals(record.results, whole.results);
      assertEquals(record.attempts.map(({ fromStep }) => fromStep), [0, stopAt - stopAt % 2]);
      assertEquals(await readMetrics(folder), await readMetrics(join(parent, "whole")));
    });
  }

  it("that fails says why, and can be tried again", async () => {
    const folder = join(parent, "run");
    await assertRejects(() => perform(() => Promise.reject(new Error("no luck")), folder));
    const { status, error } = await readRunRecord(folder);
    assertEquals([status, error], ["failed", "no luck"]);
    const record = await perform((run) => sumSteps(run), folder);
    assertEquals([record.status, record.error], ["finished", undefined]);
  });

  it("keeps its checkpoint when writing the next one fails", async () => {
    const folder = join(parent, "run");
    await assertRejects(() =>
      perform(async (run) => {
        await run.saveCheckpoint(2, (to) => Deno.writeTextFile(join(to, "sum.json"), "5"));
        await run.saveCheckpoint(4, async (to) => {
          await Deno.writeTextFile(join(to, "sum.json"), "half");
          throw new Error("no space");
        });
        return {};
      }, folder)
    );
    const names = Array.from(Deno.readDirSync(join(folder, "checkpoints")), ({ name }) => name);
    assertEquals(names, ["step-00000002"]);
    assertEquals((await perform((run) => sumSteps(run), folder)).results, { sum: 91 });
  });

  it("drops a line that a crash left unfinished", async () => {
    const folder = join(parent, "run");
    await assertRejects(() => perform((run) => sumSteps(run, 2), folder));
    await Deno.writeTextFile(join(folder, "metrics.jsonl"), '{"step":3,"su', { append: true });
    await perform((run) => sumSteps(run), folder);
    assertEquals((await readMetrics(folder)).map(({ step }) => step), [1, 2, 3, 4, 5, 6]);
  });

  it("refuses a folder that holds another run, and says what differs", async () => {
    const folder = join(parent, "run");
    await perform((run) => sumSteps(run), folder);
    const error = await assertRejects(
      () => perform((run) => sumSteps(run), folder, changed),
      UserError,
    );
    assertStringIncludes(error.message, "config.training.batchSize: 4 there, 8 asked for");
    assertEquals((await readRunRecord(folder)).config, identity.config);
  });

  it("is refused while another is at work on it", () =>
    perform(async (run) => {
      const again = () => perform((run) => sumSteps(run));
      await assertRejects(again, UserError, "another process is working");
      return await sumSteps(run);
    }).then(({ status }) => assertEquals(status, "finished")));

  it("tells whether a process is at work on it", async () => {
    const { id } = await perform(async (run) => {
      assert(await isRunLocked(run.folder));
      return {};
    });
    assert(!await isRunLocked(join(parent, id)));
  });

  it("that died in silence is recorded as failed, but no other", async () => {
    const folder = join(parent, "run");
    const { status, error } = await failRun(folder, identity, "killed");
    assertEquals([status, error], ["failed", "killed"]);
    assertEquals((await failRun(folder, identity, "killed again")).error, "killed");
    const record = await perform((run) => sumSteps(run), folder);
    assertEquals(record.results, { sum: 91 });
    assertEquals(await failRun(folder, identity, "killed"), record);
  });

  it("logs a loss that is not a number", async () => {
    const folder = join(parent, "run");
    await perform(async (run) => {
      await run.log({ step: 1, loss: NaN });
      return {};
    }, folder);
    assertEquals(await readMetrics(folder), [{ step: 1, loss: NaN }]);
  });

  it("names the file and field of a damaged record", async () => {
    const { id } = await perform((run) => sumSteps(run));
    const file = join(parent, id, "run.json");
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace('"finished"', '"done"'));
    const error = await assertRejects(() => readRunRecord(join(parent, id)), UserError);
    for (const part of [file, "status", '"done"', "one of running, finished"]) {
      assertStringIncludes(error.message, part);
    }
    const deep = text.replace(
      '"batchSize": 4',
      `"batchSize": ${"[".repeat(1e5)}${"]".repeat(1e5)}`,
    );
    assert(deep.length > text.length);
    await Deno.writeTextFile(file, deep);
    await assertRejects(() => readRunRecord(join(parent, id)), UserError, "nested deeper");
    await Deno.writeTextFile(file, text.slice(0, 40));
    await assertRejects(() => readRunRecord(join(parent, id)), UserError, "not JSON");
    await Deno.remove(file);
    await assertRejects(() => readRunRecord(join(parent, id)), UserError, "no run in this folder");
  });
});

describe("fingerprint", () => {
  it("does not depend on the order of keys", () => {
    const reordered = { ...identity, config: { training: { steps: 6, batchSize: 4 }, seed: 1 } };
    assertEquals(createFingerprint(reordered), createFingerprint(identity));
  });

  it("depends on configuration, seed, versions and data", () => {
    const others: Partial<RunIdentity>[] = [
      changed,
      { kind: "sample" },
      { seed: 2 },
      { versions: { specialist: "0.2.0" } },
      { datasets: { shots: "cd" } },
    ];
    const all = [identity, ...others.map((other) => ({ ...identity, ...other }))];
    assertEquals(new Set(all.map(createFingerprint)).size, all.length);
  });

  it("can rely on versions that are known", () => {
    for (const version of Object.values(libraryVersions())) assert(/^\d+\.\d+\.\d+/.test(version));
  });
});

describe("data hash", () => {
  it("changes with a name and with a content", async () => {
    const file = join(parent, "a.txt");
    await Deno.writeTextFile(file, "a red apple");
    const hashes = [await hashFolder(parent)];
    assertEquals(await hashFolder(parent), hashes[0]);
    await Deno.rename(file, join(parent, "b.txt"));
    hashes.push(await hashFolder(parent));
    await Deno.writeTextFile(join(parent, "b.txt"), "a green apple");
    hashes.push(await hashFolder(parent));
    assertEquals(new Set(hashes).size, 3);
  });
});

describe("commit", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const write = async (path: string, text: string) => {
    await Deno.mkdir(join(parent, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(parent, path), text);
  };

  it("is found above a folder, on a branch, packed, detached or in a worktree", async () => {
    await Deno.mkdir(join(parent, "lib"));
    assertEquals(gitCommit(join(parent, "lib")), undefined);
    await write(".git/HEAD", "ref: refs/heads/main\n");
    assertEquals(gitCommit(parent), undefined);
    await write(".git/packed-refs", `# pack-refs\n${commit} refs/heads/main\n`);
    assertEquals(gitCommit(join(parent, "lib")), commit);
    const newer = commit.replace("0", "f");
    await write(".git/refs/heads/main", `${newer}\n`);
    assertEquals(gitCommit(parent), newer);
    await write(".git/worktrees/tree/HEAD", `${commit}\n`);
    await write(".git/worktrees/tree/commondir", "../..\n");
    await write("tree/.git", `gitdir: ${join(parent, ".git/worktrees/tree")}\n`);
    assertEquals(gitCommit(join(parent, "tree")), commit);
  });
});
