/**
 * How a part of a method is recorded. A shipped part is its name and its settings; one that a
 * notebook defines is its name, its settings and a hash of its source, so that a changed part makes
 * another run.
 */
import type { z } from "zod";
import type { Sampler } from "../diffusion/mod.ts";
import { sha256 } from "../internal/runtime/mod.ts";
import type { trainingSchema } from "../training/mod.ts";

/** A part of a method: a transform, a loss, …, with functions among its fields. */
export type Part = { name: string; settings?: Record<string, unknown> };

/** Settings that were found to work well for one kind of images and the model that draws them. */
export type Preset = {
  name: string;
  /** The settings of a method's parts where their own are missing. */
  transforms: { probability: number };
  retrieval: { threshold: number; limit?: number };
  contentLoss: { weight?: number; every?: number; steps?: number };
  /** DreamBooth's rare word: one token, which no caption contains. */
  identifier?: string;
  /** A run on a few shots. */
  training: z.input<typeof trainingSchema>;
  /** The peak learning rate, by the method's name or by its trainable part. */
  learningRates: Record<string, number>;
  /** Optimizer steps, the same way; those of `training` where a method is not listed. */
  steps?: Record<string, number>;
  /** Low-rank adapters, where a configuration trains them. */
  lora?: { rank: number; alpha: number };
  /** How images are drawn. */
  sampling: { steps: number; guidanceScale: number; sampler: Sampler };
};

export type Description = { [key: string]: DescribedValue };
type DescribedValue = string | number | boolean | null | DescribedValue[] | Description;

const shippedParts = new WeakSet<Part>();

/** Marks a part of this library, whose code the project's version stands for. */
export function shipped<P extends Part>(part: P): P {
  shippedParts.add(part);
  return part;
}

/** Name and settings, and for parts that are not shipped the SHA-256 of their functions' source. */
export function describePart<P extends Part>(part: P): Description {
  const { name, settings = {}, ...fields } = part;
  const data = Object.entries(fields).filter(([, value]) => typeof value !== "function");
  const source = Object.entries(part)
    .filter(([, value]) => typeof value === "function")
    .map(([key, value]) => `${key}: ${value}`);
  return {
    name,
    ...describeFields({ ...Object.fromEntries(data), ...settings }),
    ...(shippedParts.has(part) || source.length === 0 ? {} : { source: hashOf(source.join("\n")) }),
  };
}

function describeFields(fields: Record<string, unknown>): Description {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, describeValue(value)]),
  );
}

function describeValue(value: unknown): DescribedValue {
  if (typeof value === "function") return hashOf(`${value}`);
  if (Array.isArray(value)) return value.map(describeValue);
  if (ArrayBuffer.isView(value)) {
    return hashOf(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (typeof value === "object" && value !== null) {
    return describeFields(value as Record<string, unknown>);
  }
  return value as DescribedValue;
}

function hashOf(content: string | Uint8Array): string {
  return `sha256:${sha256(content).slice(0, 32)}`;
}
