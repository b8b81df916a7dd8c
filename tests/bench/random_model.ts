/** Writes a model with random weights into a folder, laid out as diffusers does: run as a program. */
import { join } from "node:path";
import { createRandom } from "specialist/data";
import { writeAtomically } from "specialist/internal/runtime/mod.ts";
import { sizeOf } from "specialist/internal/runtime/units.ts";
import {
  type Architecture,
  clipTextSpecs,
  type ParameterSpecs,
  unetSpecs,
  vaeSpecs,
} from "specialist/models";
import { type ArrayToWrite, writeSafetensors } from "specialist/models/files/safetensors.ts";
import { clipVocabulary, createTokenizer } from "specialist/models/tokenizer/clip_tokenizer.ts";
import { saveTokenizer } from "specialist/models/tokenizer/files.ts";
import { type RandomModelName, randomModels } from "./random_models.ts";

const [name, folder] = Deno.args;
const { unet, vae, textEncoder, scheduler }: Pick<Architecture, "unet"> & Partial<Architecture> =
  randomModels[name as RandomModelName];

const random = createRandom("random model");
const draws = Float32Array.from({ length: 1 << 20 }, () => 2 * random.next() - 1);

if (textEncoder) {
  await write("text_encoder", textEncoder, clipTextSpecs(textEncoder), "model");
  await saveTokenizer(createTokenizer(await clipVocabulary()), join(folder, "tokenizer"));
}
if (vae) await write("vae", vae, vaeSpecs(vae));
if (scheduler) await writeConfig("scheduler", "scheduler_config.json", scheduler);
await write("unet", unet, unetSpecs(unet));

async function write(
  part: string,
  config: object,
  specs: ParameterSpecs,
  weights = "diffusion_pytorch_model",
): Promise<void> {
  await writeConfig(part, "config.json", config);
  const arrays = Object.entries(specs).map(([name, { shape, init }]) => {
    const length = sizeOf(shape);
    const scale = shape.length > 1 ? (length / shape[0]) ** -0.5 : 0;
    // The same draws for each tensor: to the clock all numbers are alike.
    const fill = (numbers: Float32Array) => {
      for (let i = 0; i < length; i++) {
        numbers[i] = init === "ones" ? 1 : scale * draws[i % draws.length];
      }
    };
    return [name, { shape, dtype: "F32", fill }] satisfies [string, ArrayToWrite];
  });
  await writeSafetensors(
    join(folder, part, `${weights}.safetensors`),
    Object.fromEntries(arrays),
  );
}

async function writeConfig(part: string, file: string, config: object): Promise<void> {
  await Deno.mkdir(join(folder, part), { recursive: true });
  await writeAtomically(join(folder, part, file), JSON.stringify(config, null, 2));
}
