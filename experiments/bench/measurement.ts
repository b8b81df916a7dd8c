import { z } from "zod";

/** What one process measured of one piece of work. */
export const measurementSchema = z.strictObject({
  /** Until the weights are in memory; imports are not counted. */
  loadSeconds: z.number().min(0),
  /** The first time, with all tracing and compiling. */
  firstSeconds: z.number().min(0),
  /** Each time after a warm-up. */
  seconds: z.array(z.number().min(0)).min(1),
  /** What the process held after each of these, where that is asked for. */
  residentBytes: z.array(z.number().positive()).optional(),
  /** What all its threads spent on each, and how many tensors there were after it, likewise. */
  processorSeconds: z.array(z.number().min(0)).optional(),
  tensors: z.array(z.int().min(0)).optional(),
  /** The most that the process has held. */
  peakMemoryBytes: z.number().positive(),
  /** The most that it had held when the weights were loaded. */
  loadedMemoryBytes: z.number().positive(),
  threads: z.int().positive(),
  /** Of what computes: "torch": "2.13.0". */
  versions: z.record(z.string(), z.string()),
  /** What was chosen: "channels_last". */
  choice: z.string().optional(),
});

export type Measurement = z.infer<typeof measurementSchema>;

/** Who did the work. */
export const sides = ["specialist", "pytorch", "torch.compile"] as const;
export type Side = typeof sides[number];
