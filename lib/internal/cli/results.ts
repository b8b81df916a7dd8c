/**
 * Where a command writes what the repository ships: to the same path below `runs/`, or, with
 * `--update-results`, to the repository's own. So a checkout stays as it was unless that is asked for.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UserError } from "../runtime/mod.ts";

/** The option's name. */
export const updateOption = "update-results";

/** The option, as a field of a command's schema. */
export const updateField = {
  [updateOption]: z.boolean().default(false).describe(
    "Write to the repository's own results/ and data/, in place of the same paths in runs/",
  ),
};

/** Where the repository has it: "results/bench". Where it is written by default: "runs/results/bench". */
export const belowRuns = (path: string) => `runs/${path}`;

type Updating<F extends string> = { [updateOption]: boolean } & Record<F, string>;

/** A command's settings once they say where to write. */
export type Placed<C> = Omit<C, typeof updateOption>;

/**
 * A command's settings, with each of the fields naming the repository's own path if that is asked for.
 *
 * @throws UserError where a field names another place as well
 */
export function withPlaces<F extends string, C extends Updating<F>>(
  given: C,
  ...fields: F[]
): Placed<C> {
  const { [updateOption]: update, ...config } = given;
  if (!update) return config;
  return { ...config, ...Object.fromEntries(fields.map((field) => [field, own(field)])) };

  function own(field: F): string {
    const [, path] = /^runs\/((?:results|data)\/.*)$/.exec(given[field]) ?? [];
    if (path !== undefined) return path;
    throw new UserError({
      what: `--${updateOption} and --${field} both say where to write`,
      field,
      value: given[field],
      remedy: "leave one of them out",
    });
  }
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The path of what was written last below `runs/`, else of what the repository ships, if it does. */
export function latest(path: string): string {
  const written = join(root, belowRuns(path));
  return existsSync(written) ? written : join(root, path);
}
