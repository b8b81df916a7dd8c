/** Tries what a confined process may and may not do; prints the names of what it could. */
import { join } from "node:path";
import { readSystemFile } from "specialist/internal/runtime/library/mod.ts";

const [named, elsewhere] = Deno.args;
const root = join(import.meta.dirname!, "..", "..", "..", "..");
const write = (path: string) => () => Deno.writeTextFileSync(path, "", { append: true });

const attempts: Record<string, () => unknown> = {
  "read a file": () => Deno.readTextFileSync(join(root, "deno.json")),
  "write to a named folder": write(join(named, "file")),
  "read the processor's features": () => readSystemFile("/proc/cpuinfo")!.length,
  "write elsewhere": write(join(elsewhere, "file")),
  "write code": write(join(root, "lib", "mod.ts")),
  "write packages": write(join(root, "node_modules", ".deno", "file")),
  "write tasks": write(join(root, "deno.json")),
  "read /proc": () => Deno.readTextFileSync("/proc/self/environ"),
  "see a secret": () => Deno.env.get("SECRET_TOKEN")!.length,
  "run a program": () => new Deno.Command("true").outputSync(),
  "run Deno": () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync(),
  "open another library": () => Deno.dlopen("libm.so.6", {}),
  "make a pointer": () => Deno.UnsafePointer.create(1n),
  "connect": () => Deno.connect({ port: 9 }),
  "listen": () => Deno.listen({ port: 0 }),
};

const done: string[] = [];
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
    done.push(name);
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) done.push(name);
  }
}
console.log(JSON.stringify(done));
Deno.exit();
