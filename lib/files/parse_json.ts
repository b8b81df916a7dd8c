/**
 * How much a text may ask for: parsed, each of its values takes many times its place in the text, and
 * what walks through it one frame of the stack for each level.
 */
const mostValues = 500_000;
const deepest = 100;

/**
 * The value of a JSON text that may come from anywhere.
 *
 * @param parse for another dialect, as JSON5's
 * @throws SyntaxError where it is none, holds more than any file that is read here, or has the key
 *   "__proto__", which to other programs is no key but an object's prototype
 */
export function parseJson(
  text: string,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  if (separatorsIn(text) > mostValues) throw new SyntaxError(`more than ${mostValues} values`);
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    const reason = (cause as Error).message.replace("JSON5: ", "");
    throw new SyntaxError(`not JSON: ${reason}`, { cause });
  }
  requireHarmless(value);
  return value;
}

/** At least as many as there are values, since those in strings count too. */
function separatorsIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "," || character === "[" || character === "{") count++;
  }
  return count;
}

/** Level by level, since a text can be nested deeper than the stack. */
function requireHarmless(value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new SyntaxError(`nested deeper than ${deepest} levels`);
    const next: unknown[] = [];
    for (const outer of level) {
      if (typeof outer !== "object" || outer === null) continue;
      if (Object.hasOwn(outer, "__proto__")) throw new SyntaxError('a key called "__proto__"');
      for (const inner of Object.values(outer)) next.push(inner);
    }
    level = next;
  }
}
