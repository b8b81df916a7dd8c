import { z } from "zod";

/** A field that may only say what is done here. */
export function only<T extends string | number | boolean | null>(value: T) {
  return z.literal(value, { error: `is not supported; only ${JSON.stringify(value)} is` })
    .optional();
}

/**
 * The schema of a component's config.json. Fields beyond `shape` are kept, so that the file can be
 * written as it was read, where they can make no difference: those that are null or false, and notes,
 * whose names begin with an underscore. Any other is refused by its name.
 */
export function componentConfig<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.looseObject(shape).superRefine((config, context) => {
    for (const [field, value] of Object.entries(config)) {
      if (
        Object.hasOwn(shape, field) || field.startsWith("_") || value === null || value === false
      ) continue;
      context.addIssue({
        code: "custom",
        path: [field],
        message: `is a field that this library does not know (${JSON.stringify(value)})`,
      });
    }
  });
}
