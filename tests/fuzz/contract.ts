/** What every parser promises, whatever it is given. */
import { renderError, UserError } from "specialist/internal/runtime/mod.ts";
import type { Target } from "./target.ts";

/** An error is to fit on a screen. */
const maxTextLength = 6000;

/**
 * Has a folder read.
 *
 * @returns why it was refused; nothing where it was accepted
 * @throws Error where neither was done as promised
 */
export async function judge<T>(target: Target<T>, folder: string): Promise<string | undefined> {
  try {
    const value = await read(target, folder);
    if ("refusal" in value) return value.refusal;
    requireOrdinary(value.accepted);
    await target.check(value.accepted);
  } finally {
    requireUnpolluted();
  }
}

async function read<T>({ read }: Target<T>, folder: string) {
  try {
    return { accepted: await read(folder) };
  } catch (error) {
    return { refusal: refusalOf(error, folder) };
  }
}

/** In a few words, the same for all errors of a kind. */
function refusalOf(error: unknown, folder: string): string {
  const code = (error as { code?: unknown })?.code;
  const text = renderError(error);
  const fail = (what: string) => {
    throw new Error(`${what}: ${text.slice(0, maxTextLength)}`, { cause: error });
  };
  if (error instanceof Deno.errors.NotCapable) fail("a forbidden access");
  if (!(error instanceof UserError) && typeof code !== "string") {
    fail(`an untyped ${(error as Error)?.name ?? typeof error}`);
  }
  if (!text.includes(folder)) fail("an error that names no file");
  if (text.length > maxTextLength) fail(`an error of ${text.length} characters`);
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text)) fail("an error with control characters");
  return error instanceof UserError ? kindOf(error.problem.what) : `${code}`;
}

/** The first words, without names, numbers and values. */
function kindOf(what: string): string {
  const [line] = what.split("\n");
  const words = line.replace(/"[^"]*"?|'[^']*'?|\S*[/_\d]\S*/g, "…").split(/\s+/);
  return words.slice(0, 6).join(" ").replace(/:.*/, "");
}

const prototypes = [Object, Array, Function, String, Number].map(({ prototype }) => prototype);
const known = prototypes.map((prototype) => new Set(Reflect.ownKeys(prototype)));

/** That no object has got a property through what all share. */
function requireUnpolluted(): void {
  for (const [i, prototype] of prototypes.entries()) {
    const keys = Reflect.ownKeys(prototype);
    if (keys.length === known[i].size) continue;
    const added = keys.filter((key) => !known[i].has(key));
    for (const key of added) Reflect.deleteProperty(prototype, key);
    throw new Error(`a polluted prototype: ${added.map(String).join(", ")}`);
  }
}

/** That no object in plain data has a prototype that came with the data. */
function requireOrdinary(value: unknown): void {
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) continue;
    const prototype = Object.getPrototypeOf(next);
    if (prototype === Object.prototype || Array.isArray(next)) {
      for (const inner of Object.values(next)) waiting.push(inner);
    } else if (prototype !== null && typeof prototype.constructor !== "function") {
      throw new Error("an object whose prototype came with the file");
    }
  }
}
