/**
 * Trains on disks that fill up, turn read-only or go away, and tells what came of it as JSON. It mounts
 * them, so it belongs into a mount namespace of its own. Argument: an empty folder.
 */
import { join } from "node:path";
import { performRun, renderError } from "specialist/internal/runtime/mod.ts";
import { type Tensor, tf, useBackend } from "specialist/internal/tensor/mod.ts";
import { fit, trainingSchema, type TrainingTask } from "specialist/training";
import { identity } from "./sum_run.ts";

/** What became of a run whose disk was disturbed, and repaired afterwards. */
export type Outcome = {
  /** How the training ended that was disturbed. */
  error: string;
  /** Steps of the checkpoints that its attempts resumed from. */
  startedFrom: number[];
  /** Whether it came to what an undisturbed one does. */
  same: boolean;
};

const [parent] = Deno.args;
const [disk, place] = [join(parent, "disk"), join(parent, "place")];
const filler = join(place, "filler");
const disturbedAt = 5;

const task: TrainingTask = {
  params: { w: tf.fill([1 << 15], 1) },
  batch: (streams) => ({ x: tf.scalar(streams.at("batch").normal()) }),
  loss: ({ w }, { x }) => tf.mean(tf.square(tf.sub(w, x as Tensor))),
};
const training = trainingSchema.parse({ steps: 8, checkpointEvery: 2 });

await useBackend();
for (const folder of [disk, place]) await Deno.mkdir(folder);
const whole = await trained(join(parent, "run"));

console.log(JSON.stringify(
  {
    full: await outcome({
      disturb: () => Deno.writeFile(filler, new Uint8Array(1 << 24)).catch(() => {}),
      repair: () => Deno.remove(filler),
    }),
    "read-only": await outcome({
      async disturb() {
        await mount("--bind", place, place);
        await mount("-o", "remount,bind,ro", place);
      },
      repair: () => command("umount", place),
    }),
    vanished: await outcome({
      disturb: () => command("umount", "--lazy", place),
      async repair() {
        // Removing it tells that nothing was written in the disk's stead.
        await Deno.remove(place);
        await Deno.mkdir(place);
        await mount("--bind", disk, place);
      },
    }),
  } satisfies Record<string, Outcome>,
));

type Disturbance = { disturb(): Promise<void>; repair(): Promise<void> };

async function outcome({ disturb, repair }: Disturbance): Promise<Outcome> {
  await mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", disk);
  await mount("--bind", disk, place);
  const folder = join(place, "run");
  const error = await trained(folder, disturb).then(() => "none", renderError);
  await repair();
  const { w, startedFrom } = await trained(folder);
  await command("umount", place);
  await command("umount", disk);
  return { error, startedFrom, same: w.every((value, i) => value === whole.w[i]) };
}

async function trained(folder: string, disturb?: () => Promise<void>) {
  let w: number[] = [];
  const { attempts } = await performRun({ identity, folder, backend: "any" }, async (run) => {
    const params = await fit(task, training, {
      seed: 0,
      run,
      logEvery: 1,
      onStep: (step) => step === disturbedAt ? disturb?.() : undefined,
    });
    w = [...params.w.dataSync()];
    return {};
  });
  return { w, startedFrom: attempts.map(({ fromStep }) => fromStep) };
}

function mount(...args: string[]): Promise<void> {
  return command("mount", ...args);
}

async function command(name: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(name, { args }).output();
  if (!success) throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
}
