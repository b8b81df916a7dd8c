/** The files of a repository on the Hub that a model needs, and their download. */
import { downloadFile, HubApiError } from "@huggingface/hub";
import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import { hashFile } from "../identity.ts";
import { networkReason } from "../network_reason.ts";
import { fileSize } from "../read_files.ts";

type DownloadOptions = {
  /** `revision` is a commit. */
  request: { repo: string; revision: string; accessToken?: string; hubUrl?: string };
  /** Gets the number of bytes that have arrived since the last call. */
  onBytes: (count: number) => void;
  signal?: AbortSignal;
};

/**
 * Downloads a file to `target`, resuming where an earlier download stopped. Until it is complete
 * and verified it is called `${target}.part`.
 *
 * @throws Error where the Hub refuses, the connection breaks, or the bytes are not the expected ones,
 * which are then deleted
 */
export async function downloadTo(
  target: string,
  { path, size, sha256 }: RepositoryFile,
  { request, onBytes, signal }: DownloadOptions,
): Promise<void> {
  if (await fileSize(target) === size) return onBytes(size);
  const part = `${target}.part`;
  const kept = await fileSize(part);
  onBytes(kept);
  if (kept < size) {
    const blob = await downloadFile({ ...request, path });
    if (!blob) throw new Error(`${path} is not there any more`);
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onBytes(chunk.length);
        controller.enqueue(chunk);
      },
    });
    await Deno.mkdir(dirname(target), { recursive: true });
    const file = await Deno.open(part, { create: true, append: true });
    await blob.slice(kept, size).stream().pipeThrough(counter).pipeTo(file.writable, { signal });
  }
  const arrived = await fileSize(part);
  if (arrived < size) throw new Error(`${path} ended at byte ${arrived} of ${size}`);
  if (arrived > size || sha256 !== undefined && await hashFile(part) !== sha256) {
    await Deno.remove(part);
    throw new Error(`${path} is not the file that was announced; it was deleted`);
  }
  await Deno.rename(part, target);
}

/** A file in a repository. */
export type RepositoryFile = {
  path: string;
  size: number;
  /** SHA-256, of files that are not kept in git itself. */
  sha256?: string;
};

/** Folders of a text-to-image model, "" of a CLIP; others hold what nothing here reads. */
const folders = ["", "scheduler", "text_encoder", "tokenizer", "unet", "vae"];
const weights = ["diffusion_pytorch_model", "model"];
const described = /^[\w.-]+\.(json|txt)$/;
const descriptionBytes = 16 << 20;

/**
 * The files that a model is loaded from: configurations, tokenizer, and weights once, in full precision
 * where there are such.
 *
 * @throws UserError where there are no readable weights
 */
export function neededFiles(files: readonly RepositoryFile[]): RepositoryFile[] {
  const needed = filesOfModel(files);
  const isSafe = ({ path }: RepositoryFile) => path.endsWith(".safetensors");
  if (needed.some(isSafe)) return needed;
  const single = files.find(isSafe);
  throw new UserError({
    what: single
      ? "this model does not have diffusers' layout"
      : "this model has no weights in safetensors format; others can run code when they are read",
    remedy: single
      ? `download its ${single.path} and give that file`
      : "name another revision or model, or convert it where you trust it",
  });
}

function filesOfModel(files: readonly RepositoryFile[]): RepositoryFile[] {
  return folders.flatMap((folder) => {
    const prefix = folder && `${folder}/`;
    const inFolder = files.filter(({ path }) =>
      path.startsWith(prefix) && !path.slice(prefix.length).includes("/")
    );
    const named = (pattern: RegExp) =>
      inFolder.filter(({ path }) => pattern.test(path.slice(prefix.length)));
    const descriptions = named(described).filter(({ path, size }) =>
      size > 0 && size <= descriptionBytes && !path.includes(".index.")
    );
    return [...descriptions, ...weights.flatMap((name) => weightsNamed(name, named))];
  });
}

function weightsNamed(
  name: string,
  named: (pattern: RegExp) => RepositoryFile[],
): RepositoryFile[] {
  for (const variant of ["", "\\.fp16"]) {
    const whole = named(new RegExp(`^${name}${variant}\\.safetensors$`));
    if (whole.length > 0) return whole;
    const index = named(new RegExp(`^${name}\\.safetensors\\.index${variant}\\.json$`));
    const shards = named(new RegExp(`^${name}${variant}-\\d+-of-\\d+\\.safetensors$`));
    if (index.length > 0) return [...index, ...shards];
  }
  return [];
}

/** A model on the Hugging Face Hub: "CompVis/stable-diffusion-v1-4", or with a revision behind an "@". */
export type HubId = {
  /** Owner and name. */
  repository: string;
  /** A branch, a tag, or a commit's hash. */
  revision: string;
};

const name = String.raw`[\w-](?:[\w.-]*[\w-])?`;
const pattern = new RegExp(`^(${name}/${name})(?:@([\\w-][\\w./-]*))?$`);

/** Undefined where `text` is no id. */
export function parseHubId(text: string): HubId | undefined {
  const match = pattern.exec(text);
  if (!match || /\.(safetensors|ckpt)$/.test(match[1])) return undefined;
  return { repository: match[1], revision: match[2] ?? "main" };
}

export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** What the Hub's own tools read from the environment too. */
export type HubSettings = {
  /** `HF_HUB_OFFLINE`: only what was downloaded before. */
  offline: boolean;
  /** `HF_TOKEN`: for models behind a licence, or of one's own. */
  accessToken?: string;
  /** `HF_ENDPOINT`: a mirror. */
  hubUrl?: string;
};

export function hubSettings(): HubSettings {
  const read = (name: string) => Deno.env.get(name) || undefined;
  return {
    offline: !["0", "false", "no", "off"].includes(read("HF_HUB_OFFLINE")?.toLowerCase() ?? "0"),
    accessToken: read("HF_TOKEN"),
    hubUrl: read("HF_ENDPOINT"),
  };
}

/** What went wrong with the Hub, and what to do; errors of this machine stay as they are. */
export function explainHubError(
  error: unknown,
  model: string,
  { hubUrl = "https://huggingface.co" }: Pick<HubSettings, "hubUrl"> = {},
): unknown {
  if (error instanceof UserError || typeof (error as { code?: unknown })?.code === "string") {
    return error;
  }
  const problem = (what: string, remedy: string) =>
    new UserError({ what, field: "model", value: model, remedy }, { cause: error });
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  if (status === 401 || status === 403) {
    return problem(
      `the Hub has no such model, or it is gated (${status})`,
      "check the name; accept the model's licence on its page; set HF_TOKEN to a token of yours",
    );
  }
  if (status === 404) {
    return problem("the Hub has no such model or revision", "check the name, or give a folder");
  }
  if (error instanceof TypeError && /access token/.test(error.message)) {
    return problem(error.message, "correct HF_TOKEN, or unset it");
  }
  if (!URL.canParse(hubUrl)) {
    return problem(`HF_ENDPOINT is no address: ${hubUrl}`, "write it as https://huggingface.co");
  }
  const { host } = new URL(hubUrl);
  const reason = networkReason(error);
  const what = reason !== undefined
    ? `${host} cannot be reached: ${reason}`
    : status !== undefined
    ? `${host} answered with status ${status}`
    : `the download from ${host} failed: ${error instanceof Error ? error.message : String(error)}`;
  return new UserError({
    what,
    field: "model",
    value: model,
    remedy: "run the same command again, which resumes the download; --offline uses an earlier " +
      "one, and HF_ENDPOINT names a mirror",
    failed: true,
  }, { cause: error });
}
