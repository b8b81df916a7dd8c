/** Runs a side's program on a piece of work, and reads what it measured. */
import { join } from "node:path";
import { confine } from "specialist/permissions/mod.ts";
import type { Work } from "./cases.ts";
import { type Measurement, measurementSchema, type Side } from "./measurement.ts";

const folder = import.meta.dirname!;

export type MeasureOptions = {
  seconds: number;
  /** As often at least, with the memory of each time. */
  laps?: number;
  /** The Python that has PyTorch. */
  python?: string;
  signal?: AbortSignal;
};

/** @throws Error with the program's last words if it fails */
export async function measure(
  side: Side,
  work: Work,
  { seconds, laps, python, signal }: MeasureOptions,
): Promise<Measurement> {
  const args = [JSON.stringify(work), JSON.stringify({ budget: seconds, laps })];
  const reference = join(folder, "reference", "worker.py");
  const ours = confine({});
  const [program, ...before] = side === "specialist"
    ? [Deno.execPath(), ...ours.args, join(folder, "our_worker.ts")]
    : [python!, reference];
  const after = side === "torch.compile" ? ["--compile"] : [];
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...before, ...args, ...after],
    env: ours.env,
    signal,
  }).output();
  if (!success) {
    const words = new TextDecoder().decode(stderr).trim().split("\n");
    throw new Error(words.slice(-3).join("\n"));
  }
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return measurementSchema.parse(JSON.parse(lines.at(-1)!));
}
