import { join } from "node:path";
import { dtypeNames } from "specialist/models/dtypes.ts";
import {
  type NamedArray,
  readSafetensors,
  writeSafetensors,
} from "specialist/models/safetensors.ts";
import { requireThat } from "../require_that.ts";
import { seedFrom } from "../seed_files.ts";
import { defineTarget } from "../target.ts";

const file = "model.safetensors";

function array(dtype: NamedArray["dtype"], ...shape: number[]): NamedArray {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype, shape, data: Float32Array.from({ length }, (_, i) => i % 2) };
}

const everyType = Object.fromEntries(dtypeNames.map((dtype) => [dtype, array(dtype, 2, 3)]));

export const target = defineTarget({
  title: "safetensors",
  seeds: () =>
    Promise.all([
      seedFrom((folder) => writeSafetensors(join(folder, file), everyType, { note: "a note" })),
      seedFrom((folder) =>
        writeSafetensors(join(folder, file), {
          "unet.conv_in.weight": array("F16", 4, 2, 3, 3),
          "unet.conv_in.bias": array("F16", 4),
          scalar: array("F32"),
          empty: array("F32", 0, 4),
        })
      ),
    ]),
  read: (folder) => readSafetensors(join(folder, file)),
  check({ tensors }) {
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      const length = shape.reduce((product, size) => product * size, 1);
      requireThat(data.length === length, `${name} is [${shape}] with ${data.length} numbers`);
    }
  },
});
