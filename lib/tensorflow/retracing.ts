/** From so many traces of one function on, somebody should know: each costs as much as many steps. */
const noticeable = 8;

/**
 * A line about a function that is traced again and again, with what was new in the last signature;
 * undefined as long as that is nothing unusual.
 *
 * @param signatures all that it has been traced for, as JSON, the last one new
 */
export function retracingNotice(name: string, signatures: readonly string[]): string | undefined {
  if (signatures.length < noticeable) return undefined;
  const [earlier, latest] = signatures.slice(-2).map((signature) => JSON.parse(signature));
  const change = firstChange(earlier, latest) ?? "its arguments";
  return `compile(): ${name || "a function"} has been traced ${signatures.length} times, ` +
    `the last time for ${change}; give what changes from call to call as tensors of fixed shapes`;
}

/** Where two trees first differ, as "1.shape.0: 3 instead of 2". */
function firstChange(before: unknown, after: unknown, path: string[] = []): string | undefined {
  if (isTree(before) && isTree(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const change = firstChange(before[key], after[key], [...path, key]);
      if (change) return change;
    }
    return undefined;
  }
  if (before === after) return undefined;
  return `${path.join(".")}: ${JSON.stringify(after)} instead of ${JSON.stringify(before)}`;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
