/** A fixture's files: settings, tensors, images. */
import type { Tensor } from "@tensorflow/tfjs";
import JSON5 from "json5";
import { join } from "node:path";
import { z } from "zod";
import type { Image } from "specialist/data";
import { tf } from "specialist/internal/tensor/mod.ts";
import { type NamedArray, readSafetensors } from "specialist/models/files/safetensors.ts";
import { outputOf, tensorOf } from "../tensors.ts";
import type { Expected, Fixture, Output, Outputs } from "./parity_case.ts";

const tensor = z.looseObject({ shape: z.array(z.int().min(0)), dtype: z.string() });
const tolerance = z.looseObject({ atol: z.number().min(0), rtol: z.number().min(0) });

const caseSchema = z.looseObject({
  case: z.string().min(1),
  config: z.unknown(),
  inputs: z.record(z.string(), tensor),
  outputs: z.record(z.string(), tensor.extend(tolerance.shape)),
  values: z.record(z.string(), z.unknown()).default({}),
  values_tolerance: z.record(z.string(), z.union([tolerance, z.string()])).default({}),
});

type Case = z.infer<typeof caseSchema>;

/** @throws Error naming the file that is missing, malformed or not as it says itself */
export async function readFixture(folder: string): Promise<Fixture> {
  const path = join(folder, "case.json");
  // Python writes infinities, which JSON has not.
  const parsed = caseSchema.safeParse(JSON5.parse(await Deno.readTextFile(path)));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const { tensors } = await readSafetensors(join(folder, "tensors.safetensors"));

  const stored = (name: string, shape: number[]): NamedArray => {
    const array = tensors[name];
    if (!array) throw new Error(`${path} lists "${name}", which tensors.safetensors has not`);
    if (`${array.shape}` !== `${shape}`) {
      throw new Error(
        `"${name}" is [${array.shape}] in tensors.safetensors, [${shape}] in ${path}`,
      );
    }
    return array;
  };
  const { case: name, config, inputs, outputs, values } = parsed.data;
  return {
    name,
    folder,
    config,
    tensors,
    values,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([input, { shape }]) => [input, stored(input, shape)]),
    ),
    expected: [
      ...Object.entries(outputs).map(([output, { shape, atol, rtol }]) => ({
        output,
        shape,
        data: stored(output, shape).data,
        atol,
        rtol,
      })),
      ...expectedValues(parsed.data),
    ],
  };
}

/** The numbers in case.json that have a tolerance; value `kid` is output `value/kid`. */
function expectedValues({ values, values_tolerance }: Case): Expected[] {
  const numbers = z.union([z.number().transform((number) => [number]), z.array(z.number())]);
  return Object.entries(values).flatMap(([name, value]) => {
    const data = numbers.safeParse(value).data;
    const allowed = toleranceOf(name, values_tolerance);
    if (!data || !allowed) return [];
    return [{ output: `value/${name}`, shape: [data.length], data, ...allowed }];
  });
}

/** The tolerance under the longest key that `name` begins with, as `cmmd*` or `kid`. */
function toleranceOf(
  name: string,
  tolerances: Case["values_tolerance"],
): { atol: number; rtol: number } | undefined {
  const [key] = Object.keys(tolerances)
    .filter((key) => name.startsWith(key.replace(/\*$/, "")))
    .sort((a, b) => b.length - a.length);
  const found = tolerances[key];
  return typeof found === "object" ? { atol: found.atol, rtol: found.rtol } : undefined;
}

/** A stored [n, c, h, w] as the models take it, [n, h, w, c]. */
export function channelsLastTensor(array: NamedArray): Tensor {
  return tf.transpose(tensorOf(array), [0, 2, 3, 1]);
}

/** [n, h, w, c] as [n, c, h, w], to be compared. */
export function channelsFirstOutput(tensor: Tensor): Output {
  return outputOf(tf.transpose(tensor, [0, 3, 1, 2]));
}

/** A parameter, or its gradient, in the checkpoint's layout. */
export function parameterOutput(tensor: Tensor): Output {
  return outputOf(tensor.rank === 4 ? tf.transpose(tensor, [3, 2, 0, 1]) : tensor);
}

/** A stored image [3, H, W]. */
export function imageOf({ shape: [channels, height, width], data }: NamedArray): Image {
  if (channels !== 3) throw new Error(`an image has 3 channels, not ${channels}`);
  return { width, height, data: Uint8Array.from(channelsLast(data, height * width)) };
}

/** An image as [3, H, W], to be compared. */
export function outputOfImage({ width, height, data }: Image): Output {
  return { shape: [3, height, width], data: channelsFirst(data) };
}

/** [H, W, 3] to [3, H, W]. */
export function channelsFirst(data: ArrayLike<number>): Float32Array {
  const pixels = data.length / 3;
  return Float32Array.from(data, (_, i) => data[(i % pixels) * 3 + Math.floor(i / pixels)]);
}

/** [3, H, W] to [H, W, 3]. */
function channelsLast(data: ArrayLike<number>, pixels: number): Float32Array {
  return Float32Array.from(data, (_, i) => data[(i % 3) * pixels + Math.floor(i / 3)]);
}

/**
 * The tensors of a file that the library writes, to be compared with those of the reference's file.
 *
 * @param tolerance of each tensor
 */
export async function writtenFile(
  reference: string,
  tolerance: { atol: number; rtol: number },
  write: (file: string) => Promise<void>,
): Promise<Outputs> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "written.safetensors");
    await write(file);
    const written = (await readSafetensors(file)).tensors;
    const expected = (await readSafetensors(reference)).tensors;
    const names = Object.keys(expected);
    if (`${Object.keys(written).sort()}` !== `${names.sort()}`) {
      throw new Error(`the written file has not the tensors of ${reference}`);
    }
    return Object.fromEntries(names.map((name) => [
      `file/${name}`,
      { ...written[name], expected: { ...expected[name], ...tolerance } },
    ]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
