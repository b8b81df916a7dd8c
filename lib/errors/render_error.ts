import { excerpt, shown } from "./excerpt.ts";
import { isAbort } from "./interrupt.ts";
import { systemProblem } from "./system_error.ts";
import { type Problem, UserError } from "./user_error.ts";

/** An error as text for a terminal, within one screen. */
export function renderError(error: unknown): string {
  if (error instanceof UserError) return renderProblem(error.problem);
  if (isAbort(error)) return (error as Error).message;
  const problem = systemProblem(error);
  if (problem) return renderProblem(problem);
  return `error: ${error instanceof Error ? excerpt(error.message, Infinity) : shown(error)}`;
}

function renderProblem({ what, file, field, value, remedy }: Problem): string {
  const rows = [
    ["file", file],
    ["field", field],
    ["value", value === undefined ? undefined : shown(value)],
    ["remedy", remedy],
  ].filter((row): row is [string, string] => row[1] !== undefined);
  const lines = rows.map(([title, text]) =>
    `  ${title.padEnd(8)}${excerpt(text).replaceAll("\n", hanging)}`
  );
  return [`error: ${excerpt(what)}`, ...lines].join("\n");
}

const hanging = `\n${" ".repeat(10)}`;
