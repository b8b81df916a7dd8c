/** Targets of a network's config.json. */
import { join } from "node:path";
import { readJson } from "specialist/files/mod.ts";
import type { ParameterSpecs } from "specialist/models/parameters.ts";
import type { z } from "zod";
import { requireThat } from "./require_that.ts";
import { jsonFile } from "./seed_files.ts";
import { defineTarget, type Target } from "./target.ts";

const file = "config.json";

/** @param check what else is true of a configuration that was accepted */
export function networkConfigTarget<C extends object>(
  title: string,
  { schema, seeds, specs, check }: {
    schema: z.ZodType<C>;
    seeds: object[];
    specs(config: C): ParameterSpecs;
    check(config: C): void;
  },
): Target<C> {
  return defineTarget({
    title,
    seeds: () => Promise.resolve(seeds.map((config) => ({ [file]: jsonFile(config) }))),
    read: (folder) => readJson(join(folder, file), schema),
    check(config) {
      check(config);
      JSON.stringify(config);
      for (const [name, { shape }] of Object.entries(specs(config))) {
        requireThat(shape.every((size) => Number.isSafeInteger(size)), `${name} is [${shape}]`);
      }
    },
  });
}
