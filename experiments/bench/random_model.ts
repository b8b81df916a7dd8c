/** Writes a U-Net with random weights into a folder: run as a program. */
import { join } from "node:path";
import { writeAtomically } from "specialist/files/mod.ts";
import { type NamedArray, writeSafetensors } from "specialist/models/safetensors.ts";
import { unetConfigSchema, unetSpecs } from "specialist/models/unet/mod.ts";
import { createRandom } from "specialist/random/mod.ts";

const [folder, json] = Deno.args;
const config = unetConfigSchema.parse(JSON.parse(json));
await Deno.mkdir(join(folder, "unet"), { recursive: true });

const random = createRandom("random model");
const draws = Float32Array.from({ length: 1 << 20 }, () => 2 * random.next() - 1);
const arrays = Object.entries(unetSpecs(config)).map(([name, { shape, init }]) => {
  const length = shape.reduce((product, size) => product * size, 1);
  const scale = shape.length > 1 ? (length / shape[0]) ** -0.5 : 0;
  // The same draws for each tensor: to the clock all numbers are alike.
  const data = Float32Array.from(
    { length },
    (_, i) => init === "ones" ? 1 : scale * draws[i % draws.length],
  );
  return [name, { shape, dtype: "F32", data }] as [string, NamedArray];
});
await writeAtomically(
  join(folder, "unet", "config.json"),
  JSON.stringify({ _class_name: "UNet2DConditionModel", ...config }, null, 2),
);
await writeSafetensors(
  join(folder, "unet", "diffusion_pytorch_model.safetensors"),
  Object.fromEntries(arrays),
);
