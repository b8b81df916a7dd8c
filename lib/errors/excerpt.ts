/** Text from files, fit for a message: it may be of any length, and meant for a terminal to obey. */

const longestText = 3000;
const longestValue = 300;

/** A text without control characters but line ends, cut where no screen would show the rest. */
export function excerpt(text: string, longest = longestText): string {
  const cut = text.length <= longest ? text : `${text.slice(0, longest)} …`;
  // deno-lint-ignore no-control-regex
  return cut.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** A value as code has it, cut where it is long. */
export function shown(value: unknown, options?: Deno.InspectOptions): string {
  const whole = typeof value === "string" ? value.slice(0, longestValue + 1) : value;
  return excerpt(Deno.inspect(whole, options), longestValue);
}
