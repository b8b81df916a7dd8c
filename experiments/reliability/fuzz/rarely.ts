import fc from "fast-check";

/** Once in a hundred times what takes long. */
export function rarely<T>(large: T, otherwise: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 99, arbitrary: otherwise },
    { weight: 1, arbitrary: fc.constant(large) },
  );
}
