import { HubApiError } from "@huggingface/hub";
import { UserError } from "../errors/mod.ts";

/** What went wrong with the Hub, and what to do; errors of this machine stay as they are. */
export function explainHubError(error: unknown, model: string): unknown {
  if (error instanceof UserError || typeof (error as { code?: unknown })?.code === "string") {
    return error;
  }
  const problem = (what: string, remedy: string) =>
    new UserError({ what, field: "model", value: model, remedy }, { cause: error });
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  if (status === 401 || status === 403) {
    return problem(
      `the Hub has no such model, or does not give it to everybody (${status})`,
      "check the name; accept the model's licence on its page; set HF_TOKEN to a token of yours",
    );
  }
  if (status === 404) {
    return problem("the Hub has no such model or revision", "check the name, or give a folder");
  }
  const message = error instanceof Error ? error.message : String(error);
  return problem(
    `the model could not be downloaded: ${message}`,
    "check the network and run the same command again: what has arrived is kept; or use an " +
      "earlier download with --offline",
  );
}
