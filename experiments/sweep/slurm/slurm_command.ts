import { UserError } from "specialist/errors/mod.ts";

/**
 * What one of Slurm's programs writes.
 *
 * @param input what it reads
 * @throws UserError where it is not installed, or refuses
 */
export async function slurmCommand(name: string, args: string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await output(name, args, input);
  if (code === 0) return stdout.trim();
  throw new UserError({
    what: stderr.trim() || `${name} ended with code ${code}`,
    value: [name, ...args].join(" "),
    remedy: "change the options for Slurm (--slurm.partition, …), or ask who runs the cluster",
  });
}

async function output(name: string, args: string[], input: string) {
  try {
    const child = new Deno.Command(name, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UserError({
      what: `there is no ${name} on this machine`,
      remedy: "run this where Slurm is installed, or leave out --executor slurm",
    }, { cause });
  }
}
