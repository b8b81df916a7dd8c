/** A model of the Hub as a folder in the cache. */
import { listFiles, modelInfo } from "@huggingface/hub";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { createProgress } from "../progress.ts";
import { cacheFolder } from "../read_files.ts";
import { writeAtomically } from "../write_files.ts";
import {
  downloadTo,
  explainHubError,
  type HubId,
  type HubSettings,
  hubSettings,
  isCommit,
  neededFiles,
  parseHubId,
  type RepositoryFile,
} from "./download.ts";

const obtained = new Map<string, Promise<string>>();

/**
 * The path of a model that is given by a path, or by its id on the Hub, as
 * "CompVis/stable-diffusion-v1-4" or with "@revision" behind. The network is used for an id only, and
 * only where neither the path nor the folder that would be its owner exists. A process sees one
 * commit, even if a branch moves meanwhile.
 *
 * @throws UserError where it is unavailable; the signal's reason
 */
export function obtainModel(model: string, signal?: AbortSignal): Promise<string> {
  const id = parseHubId(model);
  if (!id || existsSync(model) || existsSync(model.split("/")[0])) return Promise.resolve(model);
  const known = obtained.get(model);
  if (known) return known;
  const path = hubSnapshot(id, { signal });
  obtained.set(model, path);
  path.catch(() => obtained.delete(model));
  return path;
}

// Models from the Hugging Face Hub, kept in the cache.

type SnapshotOptions = {
  settings?: HubSettings;
  /** Which of a repository's files are downloaded; those of a text-to-image model by default. */
  choose?: (files: readonly RepositoryFile[]) => RepositoryFile[];
  signal?: AbortSignal;
};

/**
 * The folder of a model as it is in a commit; what is not there is downloaded. Without a network there
 * are the commits that were downloaded before, and under `offline` also the branches and tags, as
 * they were then.
 *
 * @throws UserError naming the model, with the remedy; the signal's reason
 */
export async function hubSnapshot(
  { repository, revision }: HubId,
  { settings = hubSettings(), choose = neededFiles, signal }: SnapshotOptions = {},
): Promise<string> {
  const home = join(cacheFolder(), "hub", repository.replace("/", "--"));
  const known = await knownCommit(home, revision);
  if (known && isComplete(home, known) && (settings.offline || isCommit(revision))) {
    return join(home, known);
  }
  if (settings.offline) {
    throw new UserError({
      what: "this model was not downloaded before, and the network may not be used",
      field: "model",
      value: `${repository}@${revision}`,
      remedy: "remove --offline (or HF_HUB_OFFLINE), or give the folder of a model",
    });
  }
  try {
    const { sha } = await modelInfo({
      name: repository,
      revision,
      additionalFields: ["sha"],
      ...settings,
    });
    await complete(home, { repository, revision: sha }, { settings, choose, signal });
    if (!isCommit(revision)) await writeAtomically(refOf(home, revision), sha);
    return join(home, sha);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainHubError(error, `${repository}@${revision}`, settings);
  }
}

/** Downloads what is missing of a commit. A second process waits for the first. */
async function complete(
  home: string,
  { repository: repo, revision }: HubId,
  { settings, choose, signal }: SnapshotOptions & Required<Pick<SnapshotOptions, "choose">>,
): Promise<void> {
  if (!isCommit(revision)) throw new Error(`the Hub answers with "${revision}" for a commit`);
  await Deno.mkdir(home, { recursive: true });
  using lock = await Deno.open(join(home, "download.lock"), { create: true, write: true });
  if (!await lock.tryLock(true)) {
    console.error(`Waiting for another process that downloads ${repo}`);
    await lock.lock(true);
  }
  if (isComplete(home, revision)) return;
  const files: RepositoryFile[] = [];
  for await (const entry of listFiles({ repo, revision, recursive: true, ...settings })) {
    const { type, path, size, lfs } = entry;
    if (type === "file") files.push({ path, size, sha256: lfs?.oid });
  }
  const needed = choose(files);
  const total = needed.reduce((sum, { size }) => sum + size, 0);
  const progress = createProgress({ label: `Downloading ${repo}`, total, unit: "bytes" });
  let received = 0;
  try {
    for (const file of needed) {
      await downloadTo(join(home, revision, file.path), file, {
        request: { repo, revision, ...settings },
        onBytes: (count) => progress.update(received += count),
        signal,
      });
    }
  } finally {
    progress.stop();
  }
  await writeAtomically(markOf(home, revision), new Date().toISOString());
}

/** The commit that a branch or tag was at when it was last asked for. */
async function knownCommit(home: string, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const commit = await Deno.readTextFile(refOf(home, revision)).catch(() => "");
  return isCommit(commit) ? commit : undefined;
}

const isComplete = (home: string, commit: string) => existsSync(markOf(home, commit));
const markOf = (home: string, commit: string) => join(home, `${commit}.complete`);
const refOf = (home: string, revision: string) => join(home, `${encodeURIComponent(revision)}.ref`);
