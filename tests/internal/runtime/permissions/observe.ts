/** Runs programs as tasks do, and watches which networks they turn to. */
import { join } from "node:path";
import { confine, type Needs } from "specialist/internal/runtime/mod.ts";

const decoder = new TextDecoder();
const root = join(import.meta.dirname!, "..", "..", "..", "..");

/** Sees the native libraries' sockets too; undefined where it is missing, or may not look. */
export const strace = await Promise.resolve()
  .then(() => new Deno.Command("strace", { args: ["-o", "/dev/null", "true"] }).output())
  .then(({ success }) => success ? "strace" : undefined, () => undefined);

type Observed = { code: number; out: string; err: string; networks: string[] };

/**
 * @param args a program of this project, and what it is to do
 * @returns what it said, and each attempt to reach a network: by JavaScript, refused or not, and as the
 * system was asked
 */
export async function observe(args: string[], needs: Needs = {}): Promise<Observed> {
  const folder = await Deno.makeTempDir();
  const [audit, trace] = ["audit.jsonl", "trace.txt"].map((name) => join(folder, name));
  const confined = confine(needs);
  const watched = [Deno.execPath(), ...confined.args, join(root, args[0]), ...args.slice(1)];
  const watching = strace
    ? [strace, "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket", "-o", trace]
    : [];
  const [program, ...words] = [...watching, ...watched];
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: words,
    env: { ...confined.env, DENO_AUDIT_PERMISSIONS: audit, NO_COLOR: "1" },
  }).output();
  const asked = linesOf(await Deno.readTextFile(audit))
    .map((line) => JSON.parse(line)).filter(({ permission }) => permission === "net")
    .map(({ value }) => `asked for ${value}`);
  const opened = strace ? linesOf(await Deno.readTextFile(trace)).filter(isNetwork) : [];
  await Deno.remove(folder, { recursive: true });
  return {
    code,
    out: decoder.decode(stdout),
    err: decoder.decode(stderr),
    networks: [...asked, ...opened],
  };
}

/** Sockets of the machine's own, by which Linux looks up users, are none. */
function isNetwork(line: string): boolean {
  return /socket\(/.test(line) && !/socket\(AF_UNIX,/.test(line);
}

function linesOf(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
