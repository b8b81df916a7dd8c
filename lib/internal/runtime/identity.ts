/** What makes two runs the same: a fingerprint of settings, code and data. */
import canonicalize from "canonicalize";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";

/** Everything that determines a run's result. */
export interface RunIdentity {
  /** The kind of run, as "train". */
  kind: string;
  /** The validated configuration. */
  config: Record<string, unknown>;
  seed: number | string;
  /** Versions of the code that matter. */
  versions: Record<string, string>;
  /** SHA-256 by data set. */
  datasets: Record<string, string>;
}

/** SHA-256 of an identity, whatever the order of its keys. */
export function createFingerprint({ kind, config, seed, versions, datasets }: RunIdentity): string {
  const plain = JSON.parse(JSON.stringify({ kind, config, seed, versions, datasets }));
  return sha256(canonicalize(plain)!);
}

/** A run's name: its kind and the start of its fingerprint. */
export function runIdOf(identity: RunIdentity): string {
  return `${identity.kind}-${createFingerprint(identity).slice(0, 12)}`;
}

/** SHA-256 of the files below `folder`: their relative paths and contents, in order of path. */
export async function hashFolder(folder: string): Promise<string> {
  const lines: string[] = [];
  for (const path of await filesBelow(folder)) {
    lines.push(`${path}\0${await hashFile(join(folder, path))}\n`);
  }
  return sha256(lines);
}

/** Paths with "/" on every system. */
async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(join(folder, prefix))) {
    if (isFile) paths.push(prefix + name);
    if (isDirectory) paths.push(...await filesBelow(folder, `${prefix}${name}/`));
  }
  return paths.sort();
}

/** SHA-256 of a file's contents. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const { readable } = await Deno.open(path);
  for await (const chunk of readable) hash.update(chunk);
  return hash.digest("hex");
}

/** SHA-256 of text or bytes, or of several one after the other, in hexadecimal. */
export function sha256(
  content: string | Uint8Array | Iterable<string | Uint8Array>,
): string {
  const hash = createHash("sha256");
  const parts = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/**
 * The commit checked out in the repository around `folder`, read without git itself; undefined where
 * there is no repository or no commit. Uncommitted changes are not seen.
 */
export function gitCommit(folder: string = import.meta.dirname ?? "."): string | undefined {
  const git = findGitFolder(resolve(folder));
  const head = git && read(join(git, "HEAD"));
  if (!head) return undefined;
  return head.startsWith("ref: ") ? resolveRef(git, head.slice("ref: ".length)) : head;
}

function findGitFolder(folder: string): string | undefined {
  const entry = join(folder, ".git");
  if (read(join(entry, "HEAD"))) return entry;
  // A linked worktree has a file that names its folder.
  const link = read(entry)?.match(/^gitdir: (.+)$/)?.[1];
  if (link) return resolve(folder, link);
  const parent = dirname(folder);
  return parent === folder ? undefined : findGitFolder(parent);
}

function resolveRef(git: string, ref: string): string | undefined {
  const common = resolve(git, read(join(git, "commondir")) ?? ".");
  const packed = read(join(common, "packed-refs")) ?? "";
  return read(join(git, ref)) ?? read(join(common, ref)) ??
    packed.split("\n").find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim() || undefined;
  } catch {
    return undefined;
  }
}
