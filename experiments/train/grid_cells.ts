/** The cells of a grid over one or two options of `sample`: a configuration for each. */
import {
  assign,
  completeConfig,
  fieldValues,
  parseAssignment,
  UserError,
} from "specialist/internal/runtime/mod.ts";
import { type SampleConfig, sampleSchema } from "../commands/options.ts";

/** An option of `sample`, and the values of a grid's columns or rows. */
export type Axis = { path: string; values: unknown[] };

/** What is drawn alike in all cells, or is the grid itself. */
const fixed = ["x", "y", "count", "output"];

export type Grid = {
  x?: Axis;
  y?: Axis;
  /** [y][x] */
  cells: SampleConfig[][];
};

/** Whether `sample` is to draw a grid. */
export function isGrid({ x, y }: SampleConfig): boolean {
  return x !== undefined || y !== undefined;
}

/**
 * The grid that a configuration asks for; of one cell where it asks for none.
 *
 * @throws UserError where an option cannot have one of its values
 */
export function gridOf(config: SampleConfig): Grid {
  const [x, y] = [axisOf("x", config.x), axisOf("y", config.y)];
  if (x && x.path === y?.path) {
    throw new UserError({
      what: "the columns and the rows of a grid are over the same option",
      field: "y",
      value: config.y,
      remedy: "name another option, or leave y out",
    });
  }
  const valuesOf = (axis?: Axis) => axis?.values ?? [undefined];
  const cells = valuesOf(y).map((down) =>
    valuesOf(x).map((across) => {
      const first = x ? assign(config, x.path, across) : { ...config };
      const cell = y ? assign(first, y.path, down) : first;
      return completeConfig(sampleSchema, cell, "a cell of the grid");
    })
  );
  requirePrompts(cells[0][0]);
  return { ...x && { x }, ...y && { y }, cells };
}

/** @throws UserError where there is nothing to draw */
function requirePrompts({ prompts }: SampleConfig): void {
  if (prompts.length > 0) return;
  throw new UserError({
    what: "there is no prompt",
    field: "prompts",
    remedy:
      "give one, as --prompts 'a castle', or several as --prompts '[\"a castle\", \"a dog\"]'",
  });
}

function axisOf(name: "x" | "y", text: string | undefined): Axis | undefined {
  if (text === undefined) return undefined;
  const assignment = parseAssignment(text);
  const { path } = assignment;
  const values = fieldValues(sampleSchema, assignment);
  if (fixed.includes(path) || values.length === 0) {
    throw new UserError({
      what: values.length === 0 ? `there is no value of ${path}` : `a grid cannot be over ${path}`,
      field: name,
      value: text,
      remedy: "name an option and its values, as loraScale=0,0.5,1",
    });
  }
  return { path, values };
}
