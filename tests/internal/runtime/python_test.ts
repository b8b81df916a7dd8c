import { assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { pythonEnvironment, UserError } from "specialist/internal/runtime/mod.ts";

describe("Python's environment", { ignore: Deno.build.os === "windows" }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    await Deno.writeTextFile(join(folder, "requirements.txt"), "nothing==1\n");
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  const make = (python: string) =>
    pythonEnvironment({
      title: "nothing",
      folder: join(folder, "environment"),
      requirements: join(folder, "requirements.txt"),
      python,
    });

  /** A Python that answers as this shell script does. */
  async function answering(script: string): Promise<string> {
    const program = join(folder, crypto.randomUUID());
    await Deno.writeTextFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    return program;
  }

  it("says what to install where Python is missing or old", async () => {
    await assertRejects(() => make(join(folder, "missing")), UserError, "install Python 3.11");
    const old = await answering("echo False");
    await assertRejects(() => make(old), UserError, "Python is too old");
  });

  it("says what to install where Python has no venv", async () => {
    const bare = await answering('[ "$1" = -c ] && echo True || { echo "no ensurepip"; exit 1; }');
    await assertRejects(() => make(bare), UserError, "apt install python3-venv");
  });
});
