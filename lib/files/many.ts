/**
 * Lists and records of files that may hold hundreds of thousands of entries. zod's own report every
 * wrong one, which takes a hundred times the memory of the file; these stop at the first.
 */
import { z } from "zod";

/** A list of entries. */
export function listOf<T>(entry: z.ZodType<T>) {
  return z.array(z.unknown()).transform((items, context): T[] => {
    const known: T[] = [];
    for (const [i, item] of items.entries()) {
      const parsed = entry.safeParse(item);
      if (!parsed.success) return stopAt(i, parsed.error, context);
      known.push(parsed.data);
    }
    return known;
  });
}

/** A list that is not empty. */
export function someOf<T>(entry: z.ZodType<T>) {
  return listOf(entry).refine((entries) => entries.length > 0, "there is none");
}

/** An object with an entry under each key. */
export function recordOf<T>(entry: z.ZodType<T>) {
  return z.record(z.string(), z.unknown()).transform((items, context): Record<string, T> => {
    const known: [string, T][] = [];
    for (const [key, item] of Object.entries(items)) {
      const parsed = entry.safeParse(item);
      if (!parsed.success) return stopAt(key, parsed.error, context);
      known.push([key, parsed.data]);
    }
    return Object.fromEntries(known);
  });
}

function stopAt(place: PropertyKey, { issues }: z.ZodError, context: z.RefinementCtx): never {
  const { message, path } = issues[0];
  context.addIssue({ code: "custom", message, path: [place, ...path] });
  return z.NEVER;
}
