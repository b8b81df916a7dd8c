import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors/mod.ts";

/** Milliseconds between tries, so that `isRunLocked`, which holds a lock for a moment, is not in the way. */
const pauses = [5, 20, 80];

/**
 * Holds a run for this process, until the lock is disposed of or the process ends, however it does.
 *
 * @throws UserError where another process holds it
 */
export async function lockRun(folder: string): Promise<Disposable> {
  const file = await openLock(folder);
  for (const pause of pauses) {
    if (await file.tryLock(true)) return file;
    await delay(pause);
  }
  if (await file.tryLock(true)) return file;
  file.close();
  throw new UserError({
    what: "another process is at work on this run",
    file: folder,
    remedy: "wait until it is done, or stop it",
  });
}

/** Whether a process is at work on the run of this folder. */
export async function isRunLocked(folder: string): Promise<boolean> {
  using file = await openLock(folder);
  return !await file.tryLock(false);
}

function openLock(folder: string): Promise<Deno.FsFile> {
  return Deno.open(join(folder, "lock"), { read: true, write: true, create: true });
}
