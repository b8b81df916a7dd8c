import { z } from "zod";
import { UserError } from "../errors/mod.ts";

const variable = "SPECIALIST_THREADS";
const countSchema = z.coerce.number().int().positive();

/**
 * How many threads TensorFlow may use: what `SPECIALIST_THREADS` says, or one for each core.
 *
 * @throws UserError where the variable is not a count
 */
export function threadBudget(): number {
  const text = Deno.env.get(variable);
  if (!text) return navigator.hardwareConcurrency;
  const { data } = countSchema.safeParse(text);
  if (data !== undefined) return data;
  throw new UserError({
    what: "not a number of threads",
    field: variable,
    value: text,
    remedy: "set it to a whole number of at least 1, or to nothing for one thread for each core",
  });
}

/** How threads work together. */
export type ThreadLayout = {
  threads: number;
  /** How many shares of a batch are computed side by side: see `inShards`. */
  shards: number;
  /** How many threads share out each op. */
  threadsPerOp: number;
};

/** Each share is traced by itself, which takes time. */
const mostShards = 4;

/** @param batch samples that are mostly computed together */
export function threadLayout(threads: number, batch: number): ThreadLayout {
  const shards = Math.min(threads, batch, mostShards);
  return { threads, shards, threadsPerOp: Math.ceil(threads / shards) };
}
