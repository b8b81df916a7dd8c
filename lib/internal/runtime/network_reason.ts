/** Why a request failed, from what `fetch` throws. */

/**
 * The system's reason in a few words, as "connection refused" or "name or service not known", for an error
 * of `fetch` or of the body of its answer. Undefined for errors that are no network's.
 */
export function networkReason(error: unknown): string | undefined {
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in time";
  if (!(error instanceof TypeError)) return undefined;
  const { message } = error.cause instanceof Error ? error.cause : error;
  if (!/fetch|connect|request|body|certificate/i.test(message)) return undefined;
  const [, certificate] = /(invalid peer certificate.*)$/s.exec(message) ?? [];
  const [last] = (certificate ?? message.split(": ").at(-1)!).split(" (os error");
  return last.charAt(0).toLowerCase() + last.slice(1);
}
