/** What is measured: plain data, which both sides' programs read. */
import { join } from "node:path";
import { z } from "zod";
import { precisions } from "specialist/internal/tensor/mod.ts";
import type { RandomModelName } from "./random_models.ts";

const folder = z.string().describe("a folder laid out as diffusers does");
const precision = z.enum(precisions).default("float32");

/** A piece of work that both sides do alike. */
export const workSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("training step"),
    folder,
    batch: z.int().positive(),
    /** Side of the latents. */
    size: z.int().positive(),
    /** Length of the captions. */
    tokens: z.int().positive(),
    precision,
    gradientCheckpointing: z.boolean().optional(),
  }),
  /** A step of a method, with all that it needs of the model: text encoder and autoencoder too. */
  z.strictObject({
    kind: z.literal("method's step"),
    folder,
    method: z.enum(["full", "lora"]),
    batch: z.int().positive(),
    /** Side of the images. */
    pixels: z.int().positive(),
  }),
  /** A U-Net's weights read, and added up so that none is left for later. */
  z.strictObject({
    kind: z.literal("loading"),
    folder,
  }),
  z.strictObject({
    kind: z.literal("content-loss step"),
    folder,
    /** DDIM's steps; the last one has the gradient. */
    steps: z.int().positive(),
    precision,
  }),
  z.strictObject({
    kind: z.literal("sampling"),
    folder,
    images: z.int().positive(),
    steps: z.int().positive(),
    precision,
  }),
  z.strictObject({
    kind: z.literal("decoding"),
    folder,
    batch: z.int().positive(),
    /** Side of the latents. */
    size: z.int().positive(),
    precision,
  }),
  z.strictObject({
    kind: z.literal("scoring"),
    folder,
    images: z.int().positive(),
  }),
  /** What the machine can do at best: compute. */
  z.strictObject({
    kind: z.literal("matrix product"),
    /** Rows and columns of both matrices. */
    size: z.int().positive(),
    precision,
  }),
  /** What the machine can do at best: move, of two arrays read and one written. */
  z.strictObject({
    kind: z.literal("addition"),
    /** Float32 numbers of each array. */
    length: z.int().positive(),
  }),
]);

export type Work = z.infer<typeof workSchema>;

/** What a case is, and how often it is measured. */
export type BenchCase = {
  name: string;
  title: string;
  work: Work;
  /** Fresh processes of each side, in turn. */
  rounds: number;
  /** Whether `torch.compile`, which takes minutes, is measured too, once. */
  compiled?: boolean;
  /** How often it is done at least, with the memory of each time: to see whether either grows. */
  laps?: number;
  /** The model in the work's folder, where it is made for the bench. */
  made?: RandomModelName;
  /** Whether it is this project's alone, and PyTorch does nothing. */
  alone?: boolean;
};

const base = "data/models/emoji-base";

/** @param models folder of the models that are made for the bench */
export function benchCases(models: string): BenchCase[] {
  const training = (
    batch: number,
    more: Partial<Extract<Work, { kind: "training step" }>> = {},
  ) => ({
    kind: "training step" as const,
    folder: base,
    batch,
    size: 16,
    tokens: 24,
    precision: "float32" as const,
    ...more,
  });
  const ofMade = (made: RandomModelName, batch: number, more = {}) => ({
    work: training(batch, { folder: join(models, made), ...more }),
    made,
  });
  return [
    ...precisions.flatMap((precision): BenchCase[] => {
      const named = (name: string, title: string) =>
        precision === "float32"
          ? { name, title }
          : { name: `${name}-${precision}`, title: `${title}, ${precision}` };
      return [
        {
          ...named("training-4", "training step, batch 4"),
          work: training(4, { precision }),
          rounds: 3,
          compiled: precision === "float32",
        },
        {
          ...named("training-16", "training step, batch 16"),
          work: training(16, { precision }),
          rounds: 3,
        },
        {
          ...named("sampling", "8 images in 25 guided steps"),
          work: { kind: "sampling", folder: base, images: 8, steps: 25, precision },
          rounds: 3,
        },
        {
          ...named("content-loss", "content-loss step"),
          work: { kind: "content-loss step", folder: base, steps: 10, precision },
          rounds: 3,
        },
        {
          ...named("decoding", "decoding an image of 256 px"),
          work: { kind: "decoding", folder: base, batch: 1, size: 64, precision },
          rounds: 3,
        },
      ];
    }),
    {
      name: "scoring",
      title: "CLIP scores of 256 images",
      work: { kind: "scoring", folder: `${base}/guide`, images: 256 },
      rounds: 3,
    },
    ...precisions.map((precision): BenchCase => ({
      name: `product-${precision}`,
      title: `product of 2048 × 2048 matrices, ${precision}`,
      work: { kind: "matrix product", size: 2048, precision },
      rounds: 1,
    })),
    {
      name: "addition",
      title: "addition of 64 M numbers",
      work: { kind: "addition", length: 1 << 26 },
      rounds: 1,
    },
    {
      name: "training-sd-v1",
      title: "training step, 860 M parameters, 256 px",
      ...ofMade("sd-v1", 1, { size: 32, tokens: 77 }),
      rounds: 3,
    },
    {
      name: "loading-sd-v1",
      title: "loading and adding up 860 M parameters",
      work: { kind: "loading", folder: join(models, "sd-v1") },
      made: "sd-v1",
      rounds: 2,
    },
    ...(["full", "lora"] as const).map((method): BenchCase => ({
      name: `${method}-sd-v1`,
      title: `${
        method === "full" ? "fine-tuning" : "LoRA"
      } of the whole of Stable Diffusion v1, batch 1, 256 px`,
      work: { kind: "method's step", folder: join(models, "sd-v1"), method, batch: 1, pixels: 256 },
      made: "sd-v1",
      rounds: 1,
      alone: true,
    })),
    ...[1, 2, 8, 32].map((batch): BenchCase => ({
      name: `batch-${batch}`,
      title: `training step, batch ${batch}`,
      work: training(batch),
      rounds: 1,
    })),
    ...[8, 32].map((size): BenchCase => ({
      name: `latents-${size}`,
      title: `training step, batch 4, latents of ${size} × ${size}`,
      work: training(4, { size }),
      rounds: 1,
    })),
    ...([undefined, true] as const).map((gradientCheckpointing): BenchCase => ({
      name: gradientCheckpointing ? "latents-64-checkpointing" : "latents-64",
      title: "training step, batch 8, latents of 64 × 64" +
        (gradientCheckpointing ? ", gradient checkpointing" : ""),
      work: training(8, { size: 64, gradientCheckpointing }),
      rounds: 1,
      alone: true,
    })),
    ...(["unet-48", "unet-160", "unet-320"] as const).map((made): BenchCase => ({
      name: made,
      title: `training step, batch 4, ${made.slice(5)} channels`,
      ...ofMade(made, 4),
      rounds: 1,
    })),
    {
      name: "endurance",
      title: "training step, batch 4, 2,000 times",
      work: training(4),
      rounds: 1,
      laps: 2000,
    },
  ];
}
