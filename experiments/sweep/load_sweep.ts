import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { validate } from "specialist/config/mod.ts";
import { UserError } from "specialist/errors/mod.ts";
import { applyPatch, type Patch } from "./patch.ts";
import { type Axis, type Sweep, sweepDefinitionSchema } from "./sweep.ts";

/** A sweep as it was asked for: the whole of it, or its quick form. */
export type Grid = Pick<Sweep, "title" | "baseline" | "reference"> & {
  /** The file's name without its ending; "-quick" follows for the quick form. */
  name: string;
  /** Where it is defined. */
  file: string;
  /** Whether this is its quick form; it is not by default. */
  quick?: boolean;
  base: Patch;
  axes: Axis[];
};

/**
 * Reads the sweep that a file defines.
 *
 * @throws UserError where the file is missing, defines none, or has no quick form and one is wanted
 */
export async function loadSweep(file: string, quick: boolean): Promise<Grid> {
  const sweep = validate(sweepDefinitionSchema, await defaultExport(file), file);
  const { title, base, axes, baseline, reference } = sweep;
  const name = basename(file, extname(file));
  if (!quick) return { name, file, quick, title, base, axes, baseline, reference };
  if (!sweep.quick) {
    throw new UserError({
      what: "this sweep has no quick form",
      file,
      field: "quick",
      remedy: "leave out --quick, or add what it changes to the file",
    });
  }
  return {
    name: `${name}-quick`,
    file,
    quick,
    title: `${title} (quick)`,
    base: applyPatch(base, sweep.quick.base),
    axes: sweep.quick.axes ?? axes,
    baseline,
    reference,
  };
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    await Deno.stat(file);
  } catch (cause) {
    throw new UserError({
      what: `cannot read the sweep: ${(cause as Error).message}`,
      file,
      remedy: "check the path",
    }, { cause });
  }
  const { default: sweep } = await import(pathToFileURL(resolve(file)).href);
  if (sweep !== undefined) return sweep;
  throw new UserError({
    what: "the file has no default export",
    file,
    remedy: "write it as `export default defineSweep({ … })`",
  });
}
