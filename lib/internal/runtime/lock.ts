import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { UserError } from "./errors.ts";
import { writeAll } from "./write_files.ts";

/** A run held for this process. */
export type RunLock = Disposable & {
  /** @throws UserError where the run's folder is gone, or another one is in its place */
  assertHeld(): Promise<void>;
};

/** Who holds a run: what its lock says. */
const holderSchema = z.strictObject({ pid: z.int(), host: z.string(), since: z.string() });

/** Milliseconds between tries, so that `isRunLocked`, which holds a lock for a moment, is not in the way. */
const pauses = [5, 20, 80];

const pathOf = (folder: string) => join(folder, "lock");

/**
 * Holds a run for this process, until the lock is disposed of or the process ends, however it does.
 *
 * @throws UserError where another process holds it, naming which
 */
export async function lockRun(folder: string): Promise<RunLock> {
  const file = await Deno.open(pathOf(folder), { read: true, write: true, create: true });
  if (!await tryToLock(file)) {
    file.close();
    throw new UserError({
      what: `another process is working on this run${await holderOf(folder)}`,
      file: folder,
      remedy: "wait until it is done, or stop it",
    });
  }
  // A full disk may refuse this: the lock holds without.
  await writeHolder(file).catch(() => {});
  return {
    [Symbol.dispose]: () => file.close(),
    async assertHeld() {
      if (await isStillIn(folder, file)) return;
      throw new UserError({
        what: "the run's folder was removed or replaced during the run",
        file: folder,
        remedy: "bring it back and run the same command again, which resumes from its last " +
          "checkpoint; without it the run starts again",
      });
    },
  };
}

/** Whether a process is working on the run of this folder. */
export async function isRunLocked(folder: string): Promise<boolean> {
  try {
    using file = await Deno.open(pathOf(folder));
    return !await file.tryLock(false);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function tryToLock(file: Deno.FsFile): Promise<boolean> {
  for (const pause of pauses) {
    if (await file.tryLock(true)) return true;
    await delay(pause);
  }
  return await file.tryLock(true);
}

async function writeHolder(file: Deno.FsFile): Promise<void> {
  const since = new Date().toISOString();
  const holder: z.infer<typeof holderSchema> = { pid: Deno.pid, host: Deno.hostname(), since };
  await file.truncate();
  await writeAll(file, new TextEncoder().encode(JSON.stringify(holder)));
}

/** In words; nothing where the lock cannot be read, as on Windows while it is held. */
async function holderOf(folder: string): Promise<string> {
  try {
    const text = await Deno.readTextFile(pathOf(folder));
    const { pid, host, since } = holderSchema.parse(JSON.parse(text));
    return `: process ${pid} on ${host}, since ${since}`;
  } catch {
    return "";
  }
}

/** Whether the lock at its path is the one that is held. */
async function isStillIn(folder: string, held: Deno.FsFile): Promise<boolean> {
  const { dev, ino } = await held.stat();
  try {
    const there = await Deno.stat(pathOf(folder));
    return there.dev === dev && there.ino === ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
