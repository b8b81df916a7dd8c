import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { performRun, type Run } from "specialist/internal/runtime/mod.ts";
import { tensorFlow, tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { withEvents } from "specialist/training";

await useBackend();

/** Scalars by tag and step: "loss 10". */
type Scalars = Record<string, number>;

/** A file of records, each of which is length, checksum, event, checksum. */
async function readScalars(folder: string): Promise<Scalars> {
  const files = await Array.fromAsync(Deno.readDir(folder));
  assertEquals(files.length, 1);
  const bytes = await Deno.readFile(join(folder, files[0].name));
  const view = new DataView(bytes.buffer);
  const scalars: Scalars = {};
  let at = 0;
  while (at < bytes.length) {
    const length = Number(view.getBigUint64(at, true));
    const event = fieldsOf(bytes.subarray(at + 12, at + 12 + length));
    const step = event.get(2)?.[0] ?? 0;
    for (const summary of event.get(5) ?? []) {
      const value = fieldsOf(fieldsOf(summary as Uint8Array).get(1)![0] as Uint8Array);
      const tag = new TextDecoder().decode(value.get(1)![0] as Uint8Array);
      scalars[`${tag} ${step}`] = value.get(2)![0] as number;
    }
    at += 12 + length + 4;
  }
  assertEquals(at, bytes.length);
  return scalars;
}

/** The fields of a protocol buffer by number: varints and floats as numbers, others as bytes. */
function fieldsOf(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    const byte = bytes[at++];
    return byte < 0x80 ? byte : byte - 0x80 + 0x80 * varint();
  };
  const take = (length: number) => bytes.subarray(at, at += length);
  while (at < bytes.length) {
    const key = varint(), kind = key & 7;
    const value = kind === 0
      ? varint()
      : kind === 5
      ? view.getFloat32((at += 4) - 4, true)
      : take(kind === 1 ? 8 : varint());
    fields.set(key >> 3, [...fields.get(key >> 3) ?? [], value]);
  }
  return fields;
}

describe("a run's event file", { ignore: !tensorFlow() }, () => {
  it("has the metrics, each step once, after an interruption too", async () => {
    const folder = await Deno.makeTempDir();
    const identity = { kind: "train", config: {}, seed: 0, versions: {}, datasets: {} };
    const perform = (work: (run: Run) => Promise<Record<string, never>>) =>
      performRun({ identity, folder, backend: "none" }, (run) => withEvents(run, work));
    const before = tf.memory().numTensors;

    await assertRejects(
      () =>
        perform(async (run) => {
          await run.log({ step: 1, loss: 0.5, "fixedNoiseLoss.shots": 0.25 });
          await run.saveCheckpoint(1, () => Promise.resolve());
          await run.log({ step: 2, loss: 8 });
          throw new Error("stopped");
        }),
      Error,
      "stopped",
    );
    await perform(async (run) => {
      await run.log({ step: 2, loss: 0.125 });
      await run.log({ step: 300, loss: NaN });
      return {};
    });

    assertEquals(await readScalars(join(folder, "tensorboard")), {
      "loss 1": 0.5,
      "fixedNoiseLoss/shots 1": 0.25,
      "loss 2": 0.125,
      "loss 300": NaN,
    });
    assertEquals(tf.memory().numTensors, before);
    await Deno.remove(folder, { recursive: true });
  });
});
