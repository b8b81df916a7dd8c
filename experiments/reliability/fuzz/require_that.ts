/** @throws Error if an accepted value is not what it should be */
export function requireThat(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`accepted, but ${what}`);
}
