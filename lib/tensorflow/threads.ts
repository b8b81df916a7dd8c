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
