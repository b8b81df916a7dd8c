import { confine, type Needs } from "specialist/permissions/mod.ts";

/** Memory in pages of 2 MiB: a process must be told before it starts. */
const tunables = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" };

/** Runs a program until it ends, and hands on what asks it to. Answers with its exit code. */
export async function runConfined(
  program: string,
  words: string[],
  needs: Needs,
): Promise<number> {
  const { args, env } = confine(needs);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, program, ...words],
    env: { ...env, ...tunables },
  }).spawn();
  // A terminal sends Ctrl-C to both.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => child.kill(signal));
    }
  }
  return (await child.status).code;
}
