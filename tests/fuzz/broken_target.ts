/** A parser that breaks the promise which its address names, as `broken_target.ts?hang`. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readBytes, UserError } from "specialist/internal/runtime/mod.ts";
import { defineTarget, textFile } from "./target.ts";

const file = "file.txt";
const seed = "as it should be\n";
const kind = decodeURIComponent(new URL(import.meta.url).search.slice(1));

/** What each input leaves behind, little enough for one. */
const garbage: Uint8Array[] = [];

export const target = defineTarget({
  title: kind,
  seeds: () => Promise.resolve([{ [file]: textFile(seed) }]),
  async read(folder) {
    const bytes = await readBytes(join(folder, file), 1 << 30);
    const text = new TextDecoder().decode(bytes);
    if (text !== seed) await breakPromise(folder, text);
    return text;
  },
  check(text) {
    if (kind === "another value" && text !== seed) throw new Error("another value");
  },
});

function breakPromise(folder: string, text: string): void | Promise<void> {
  switch (kind) {
    case "hang":
      while (text.length >= 0);
      break;
    case "crash":
      Deno.exit(3);
      break;
    case "memory":
      for (const taken: Uint8Array[] = [];;) taken.push(new Uint8Array(16 << 20).fill(1));
    case "garbage":
      garbage.push(new Uint8Array(48 << 20).fill(1));
      return delay(600); // By then what was done has been told.
    case "an untyped TypeError":
      return (undefined as unknown as () => void)();
    case "a forbidden access":
      return Deno.writeTextFileSync(join(folder, "..", "..", "outside"), "");
    case "a polluted prototype":
      Object.assign(Object.prototype, { polluted: 1 });
      break;
    case "an error that names no file":
      throw new UserError({ what: "something is wrong", remedy: "correct it" });
  }
}
