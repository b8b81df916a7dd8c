import { createHash } from "node:crypto";

/** SHA-256 of a file's contents. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const { readable } = await Deno.open(path);
  for await (const chunk of readable) hash.update(chunk);
  return hash.digest("hex");
}
