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
