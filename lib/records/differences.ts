/** A line for each value of `wanted`, however deep, that `found` has otherwise. */
export function differences(found: unknown, wanted: unknown, path: string[] = []): string[] {
  if (isGroup(found) && isGroup(wanted)) {
    const keys = path.length === 0 ? [] : Object.keys(found);
    return [...new Set([...Object.keys(wanted), ...keys])].flatMap((key) =>
      differences(found[key], wanted[key], [...path, key])
    );
  }
  if (Array.isArray(found) && Array.isArray(wanted)) return listDifferences(found, wanted, path);
  const [before, after] = [found, wanted].map((value) => JSON.stringify(value) ?? "nothing");
  return before === after ? [] : [`${path.join(".")}: ${before} there, ${after} asked for`];
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parts of a list are known by their names where they have any, else by their places. */
function listDifferences(found: unknown[], wanted: unknown[], path: string[]): string[] {
  const keyed = (list: unknown[]) =>
    Object.fromEntries(list.map((item, i) => [isGroup(item) ? `${item.name ?? i}` : `${i}`, item]));
  const [before, after] = [keyed(found), keyed(wanted)];
  return [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .flatMap((key) => differences(before[key], after[key], [...path, key]));
}
