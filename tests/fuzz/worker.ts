/** A target's process, which may write below one folder only. Its messages are lines of JSON. */
import { type Defect, loadTarget, type Range, type Tally, tryInputs } from "./try_inputs.ts";

export type Task = Range & {
  /** The target's address. */
  module: string;
  root: string;
};

export type Message =
  /** The target's title and size; its seeds were read, and the process waits for a byte. */
  | { ready: string; expandsTo: number }
  /** The input of this number is about to be read. */
  | { begins: number }
  /** What came of all inputs before `next`. */
  | { tally: Tally; next: number }
  | { defect: Defect };

/** Milliseconds between tallies. */
const interval = 500;

if (import.meta.main) await work(JSON.parse(Deno.args[0]));

async function work({ module, root, ...range }: Task): Promise<void> {
  const target = await loadTarget(module);
  let talliedAt = performance.now();
  const tally = await tryInputs(target, root, range, {
    async ready() {
      send({ ready: target.title, expandsTo: target.expandsTo ?? 0 });
      await Deno.stdin.read(new Uint8Array(1));
    },
    begins: (input) => send({ begins: input }),
    tallied(tally, next) {
      if (performance.now() - talliedAt < interval) return;
      talliedAt = performance.now();
      send({ tally, next });
    },
    found: (defect) => send({ defect }),
  });
  send({ tally, next: range.end });
}

function send(message: Message): void {
  const line = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < line.length;) sent += Deno.stdout.writeSync(line.subarray(sent));
}
