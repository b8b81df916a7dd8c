/**
 * The assertions of `@std/assert` that the tests use, for places where that package cannot be
 * fetched. Its entry in `deno.json` says which of the two is used.
 * @module
 */
import { AssertionError as NodeAssertionError } from "node:assert";
import { equal } from "./equal.ts";

// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

export class AssertionError extends Error {
  override name = "AssertionError";
}

export function assert(condition: unknown, message = "Expected a truthy value"): asserts condition {
  if (!condition) throw new AssertionError(message);
}

export function assertFalse(
  condition: unknown,
  message?: string,
): asserts condition is false | 0 | "" | null | undefined {
  assert(!condition, message ?? `Expected a falsy value, got ${Deno.inspect(condition)}`);
}

export function fail(message?: string): never {
  throw new AssertionError(message ? `Failed: ${message}` : "Failed");
}

export function unreachable(message?: string): never {
  throw new AssertionError(message ?? "Reached what must not be reached");
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (!equal(actual, expected)) {
    throw new AssertionError(withNote(difference(actual, expected, "deepStrictEqual"), message));
  }
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  assert(
    !equal(actual, expected),
    withNote(`Expected values that differ, both are ${Deno.inspect(actual)}`, message),
  );
}

export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) {
    throw new AssertionError(withNote(difference(actual, expected, "strictEqual"), message));
  }
}

export function assertNotStrictEquals<T>(actual: T, expected: T, message?: string): void {
  assert(
    !Object.is(actual, expected),
    withNote(`Expected something else than ${Deno.inspect(actual)}`, message),
  );
}

/** The default tolerance is 1e-7 of the expected value's size. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = Number.isFinite(expected) ? 1e-7 * (Math.abs(expected) || 1) : 1e-7,
  message?: string,
): void {
  if (Object.is(actual, expected)) return;
  assert(
    Math.abs(actual - expected) <= tolerance,
    withNote(
      `Expected ${actual} within ${tolerance} of ${expected}, off by ${
        Math.abs(actual - expected)
      }`,
      message,
    ),
  );
}

export function assertGreater<T>(actual: T, low: T, message?: string): void {
  assert(actual > low, withNote(`Expected ${actual} > ${low}`, message));
}

export function assertGreaterOrEqual<T>(actual: T, low: T, message?: string): void {
  assert(actual >= low, withNote(`Expected ${actual} >= ${low}`, message));
}

export function assertLess<T>(actual: T, high: T, message?: string): void {
  assert(actual < high, withNote(`Expected ${actual} < ${high}`, message));
}

export function assertLessOrEqual<T>(actual: T, high: T, message?: string): void {
  assert(actual <= high, withNote(`Expected ${actual} <= ${high}`, message));
}

export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T> {
  assert(actual != null, withNote(`Expected a value, got ${actual}`, message));
}

export function assertInstanceOf<T>(
  actual: unknown,
  type: Class<T>,
  message?: string,
): asserts actual is T {
  assert(
    actual instanceof type,
    withNote(`Expected an instance of ${type.name}, got ${Deno.inspect(actual)}`, message),
  );
}

export function assertMatch(actual: string, pattern: RegExp, message?: string): void {
  assert(
    actual.search(pattern) >= 0,
    withNote(`Expected a match of ${pattern} in ${JSON.stringify(actual)}`, message),
  );
}

export function assertNotMatch(actual: string, pattern: RegExp, message?: string): void {
  assert(
    actual.search(pattern) < 0,
    withNote(`Expected no match of ${pattern} in ${JSON.stringify(actual)}`, message),
  );
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  assert(
    actual.includes(expected),
    withNote(`Expected ${JSON.stringify(expected)} in ${JSON.stringify(actual)}`, message),
  );
}

export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
): void {
  const members = Array.from(actual);
  const missing = Array.from(expected).filter((x) => !members.some((member) => equal(member, x)));
  assert(
    missing.length === 0,
    withNote(`Expected also ${Deno.inspect(missing)} in ${Deno.inspect(actual)}`, message),
  );
}

export function assertObjectMatch(
  actual: Record<PropertyKey, unknown>,
  expected: Record<PropertyKey, unknown>,
  message?: string,
): void {
  assertEquals(common(actual, expected), expected, message);
}

export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass: Class<E> = Error as unknown as Class<E>,
  includes = "",
  message?: string,
): asserts error is E {
  assertInstanceOf(error, ErrorClass, message);
  assertStringIncludes(error.message, includes, message);
}

export function assertThrows(run: () => unknown, message?: string): unknown;
export function assertThrows<E extends Error = Error>(
  run: () => unknown,
  ErrorClass: Class<E>,
  includes?: string,
  message?: string,
): E;
export function assertThrows(run: () => unknown, ...expected: Expected): unknown {
  try {
    run();
  } catch (error) {
    return checkThrown(error, expected);
  }
  throw new AssertionError("Expected an error, nothing was thrown");
}

export function assertRejects(
  run: () => PromiseLike<unknown>,
  message?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  run: () => PromiseLike<unknown>,
  ErrorClass: Class<E>,
  includes?: string,
  message?: string,
): Promise<E>;
export async function assertRejects(
  run: () => PromiseLike<unknown>,
  ...expected: Expected
): Promise<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = run();
  } catch (error) {
    throw new AssertionError(`Expected a rejection, the function threw: ${error}`);
  }
  try {
    await promise;
  } catch (error) {
    return checkThrown(error, expected);
  }
  throw new AssertionError("Expected a rejection, the promise was fulfilled");
}

type Expected = [message?: string] | [ErrorClass: Class<Error>, includes?: string, note?: string];

function checkThrown(error: unknown, [first, includes, note]: Expected): unknown {
  if (typeof first === "function") assertIsError(error, first, includes, note);
  return error;
}

/** The part of `actual` that `expected` speaks of. */
function common(actual: unknown, expected: unknown): unknown {
  if (!isPlain(actual) || !isPlain(expected)) return actual;
  const keys = Reflect.ownKeys(expected).filter((key) => key in actual);
  return Object.fromEntries(keys.map((key) => [key, common(actual[key], expected[key])]));
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value?.constructor === Object;
}

function difference(actual: unknown, expected: unknown, operator: string): string {
  return new NodeAssertionError({ actual, expected, operator }).message;
}

function withNote(text: string, note?: string): string {
  return note ? `${note}: ${text}` : text;
}
