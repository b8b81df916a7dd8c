import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { Readable } from "node:stream";
import type { Jupyter } from "specialist/notebook/jupyter/mod.ts";

interface Batch {
  cells: string[];
  /** Seconds after which Stop is pressed. */
  stopAfter?: number[];
}

interface Outcome {
  cells: { status: string; outputs: string[] }[];
  /** Output that came for no cell that was still busy. */
  strays: string[];
}

export interface Client {
  /** Sends the cells at once. */
  run(batch: Batch): Promise<Outcome>;
  close(): Promise<void>;
  /** Ends it in the middle of what it does. */
  kill(): Promise<void>;
}

/** A Jupyter client with a kernel of its own, in this folder. */
export function startClient({ python, variables }: Jupyter): Client {
  const here = import.meta.dirname!;
  const child = new Deno.Command(python, {
    args: [join(here, "client.py")],
    cwd: here,
    env: { ...variables, NO_COLOR: "1" },
    stdin: "piped",
    stderr: "null",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  const lines = createInterface({ input: Readable.from(child.stdout) })[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return {
    async run(batch) {
      await input.write(encoder.encode(`${JSON.stringify(batch)}\n`));
      const { value, done } = await lines.next();
      if (done) throw new Error("the client has ended");
      return JSON.parse(value);
    },
    async close() {
      await input.close();
      await child.status;
    },
    async kill() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
