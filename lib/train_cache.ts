/** What a run keeps of its phases, so that it resumes in the one in which it was stopped. */
import { join } from "node:path";
import { z } from "zod";
import type { SampleCache } from "./diffusion/mod.ts";
import { parseJson, type Run, writeAtomically } from "./internal/runtime/mod.ts";
import { peakMemory } from "./internal/tensor/mod.ts";
import type { Lab } from "./lab.ts";
import { createPhases, phaseSchema } from "./training/mod.ts";

const costSchema = z.strictObject({
  phases: z.array(phaseSchema),
  peakMemoryBytes: z.number().min(0),
});

export type RunCache = {
  /**
   * Where images that the run draws are cached, each batch when it is drawn.
   *
   * @param what names the weights that draw them: "step 100"
   */
  images(what: string): SampleCache;
  /** A result that is worked out once, however often the run is stopped; of another commit, again. */
  once<T>(name: string, schema: z.ZodType<T>, work: () => Promise<T>): Promise<T>;
  /** Times each phase, in this process and those before it. */
  measure<T>(phase: string, work: () => Promise<T>): Promise<T>;
  /** Of this process and those before it, but for what one was doing when it was killed. */
  cost(): z.infer<typeof costSchema>;
};

/** The cache in a run's folder, which is gone when the run is finished. */
export async function openRunCache(
  { cacheFolder: folder }: Pick<Run, "cacheFolder">,
  { cache: { model } }: Pick<Lab, "cache">,
): Promise<RunCache> {
  const costFile = join(folder, "cost.json");
  const earlier = await readJsonIfValid(costFile, costSchema);
  const phases = createPhases(earlier?.phases, writeCost);
  const cost = () => ({
    phases: phases.all(),
    peakMemoryBytes: Math.max(peakMemory(), earlier?.peakMemoryBytes ?? 0),
  });
  async function writeCost() {
    await writeAtomically(costFile, JSON.stringify(cost()));
  }
  return {
    images: (what) => ({ folder, model: JSON.stringify([model, what]) }),
    async once(name, schema, work) {
      const file = join(folder, `${name}.json`);
      const known = await readJsonIfValid(
        file,
        z.object({ model: z.literal(model), value: schema }),
      );
      if (known) return known.value;
      const value = await work();
      await writeAtomically(file, JSON.stringify({ model, value }));
      return value;
    },
    measure: phases.measure,
    cost,
  };
}

/** Undefined where the file is missing, damaged or another. */
async function readJsonIfValid<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(parseJson(await Deno.readTextFile(file))).data;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
