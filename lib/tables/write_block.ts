import { writeAtomically } from "../files/mod.ts";

const end = "<!-- end -->";

/** The part of a text that a command writes, as {@link writeBlock} finds it again. */
export function markedBlock(command: string, body: string): string {
  return `${startOf(command)}\n\n${body}\n\n${end}`;
}

/**
 * Replaces what a command has written into a text before; what people wrote around it stays.
 *
 * @param command as one types it, which the block is marked with
 * @throws Error if the file has no such block
 */
export async function writeBlock(path: string, command: string, body: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  const start = startOf(command);
  const [before, rest] = text.split(start);
  const length = rest?.indexOf(end) ?? -1;
  if (length < 0) throw new Error(`${path} has no lines "${start}" and "${end}"`);
  const after = rest.slice(length + end.length);
  await writeAtomically(path, before + markedBlock(command, body) + after);
}

function startOf(command: string): string {
  return `<!-- written by \`${command}\` -->`;
}
