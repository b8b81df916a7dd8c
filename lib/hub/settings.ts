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
