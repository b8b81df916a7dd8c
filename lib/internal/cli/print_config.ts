/** A complete configuration as text that `--config` reads, with where each value comes from. */
import { type ConfigLayer, isObject } from "../runtime/mod.ts";

type Values = Record<string, unknown>;

/**
 * JSON with a comment behind each value: "default" for the schema's own, else the source of the last layer that
 * has it.
 *
 * ```json5
 * {
 *   "steps": 200, // preset study
 *   "seed": 3 // command line
 * }
 * ```
 */
export function printedConfig(config: Values, layers: readonly ConfigLayer[]): string {
  return linesOf(config, layers, "").join("\n");
}

function linesOf(values: Values, layers: readonly ConfigLayer[], indent: string): string[] {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return ["{}"];
  const inner = `${indent}  `;
  const lines = entries.flatMap(([key, value], i) => {
    const comma = i < entries.length - 1 ? "," : "";
    const within = layersAt(layers, key);
    const name = `${inner}${JSON.stringify(key)}: `;
    if (isObject(value)) {
      const [first, ...rest] = linesOf(value, within, inner);
      const all = [name + first, ...rest];
      return [...all.slice(0, -1), all.at(-1) + comma];
    }
    const source = within.at(-1)?.source ?? "default";
    return [`${name}${JSON.stringify(value)}${comma} // ${source}`];
  });
  return ["{", ...lines, `${indent}}`];
}

/** What the layers have at a key: those that have nothing there are left out. */
function layersAt(layers: readonly ConfigLayer[], key: string): ConfigLayer[] {
  return layers.flatMap(({ source, values }) =>
    isObject(values) && Object.hasOwn(values, key) && values[key] !== undefined
      ? [{ source, values: values[key] as Values }]
      : []
  );
}
