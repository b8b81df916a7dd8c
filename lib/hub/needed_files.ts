import { UserError } from "../errors/mod.ts";

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
 * @throws UserError where there are no weights that can be read
 */
export function neededFiles(files: readonly RepositoryFile[]): RepositoryFile[] {
  const needed = filesOfModel(files);
  const isSafe = ({ path }: RepositoryFile) => path.endsWith(".safetensors");
  if (needed.some(isSafe)) return needed;
  const single = files.find(isSafe);
  throw new UserError({
    what: single
      ? "this model is not laid out as diffusers does"
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
