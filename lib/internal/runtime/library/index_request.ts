/** Requests to a package index, repeated where a failure may pass. */
import { UserError } from "../errors.ts";
import { networkReason } from "../network_reason.ts";

/** A request to a package index; `url` may carry a user name and password. */
export type IndexRequest = (url: URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for package indexes: trusts the PEM file `certificates` besides the system's authorities,
 * sends a user name and password in the address as basic authentication, and throws on any answer
 * that is no success: a `TransientError` where asking again may help.
 */
export function createIndexRequest(certificates?: string): IndexRequest {
  const client = certificates ? trusting(certificates) : undefined;
  return async (url, init = {}) => {
    const { address, authorization } = separateCredentials(url);
    const headers = new Headers(init.headers);
    if (authorization) headers.set("authorization", authorization);
    try {
      const response = await fetch(address, { ...init, headers, client } as RequestInit);
      if (response.ok) return response;
      await response.body?.cancel();
      throw refusal(response, address);
    } catch (error) {
      throw networkError(error, address);
    }
  };
}

/** An address without its user name and password, fit for messages. */
export function redacted(url: URL): string {
  return separateCredentials(url).address.href;
}

/** A broken or silent connection as a `TransientError`; any other error as it is. */
export function networkError(error: unknown, url: URL): unknown {
  if (error instanceof DOMException) {
    return new TransientError(`${redacted(url)} does not answer`, { cause: error });
  }
  // What fetch throws, for the request and for the body alike.
  if (error instanceof TypeError) {
    const what = `${redacted(url)} cannot be reached: ${networkReason(error) ?? error.message}`;
    return new TransientError(what, { cause: error });
  }
  return error;
}

function refusal({ status, statusText }: Response, url: URL): Error {
  const message = `${redacted(url)} answered ${status} ${statusText}`.trim();
  const passing = [408, 425, 429].includes(status) || status >= 500;
  return passing ? new TransientError(message) : new Error(message);
}

function separateCredentials(url: URL): { address: URL; authorization?: string } {
  if (!url.username && !url.password) return { address: url };
  const address = new URL(url);
  address.username = address.password = "";
  const [user, password] = [url.username, url.password].map(decodeURIComponent);
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return { address, authorization: `Basic ${bytes.toBase64()}` };
}

function trusting(path: string): Deno.HttpClient | undefined {
  try {
    // pip takes a folder of certificates too; those are the system's, which Deno trusts already.
    if (Deno.statSync(path).isDirectory) return undefined;
    return Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(path)] });
  } catch (cause) {
    throw new UserError({
      what: "the file of certificate authorities cannot be read",
      file: path,
      remedy: "correct PIP_CERT, or `cert` in pip's configuration",
    }, { cause });
  }
}

/** A failure that another attempt may cure. */
export class TransientError extends Error {}

/**
 * Repeats `attempt` while it throws a `TransientError`, waiting `seconds[i]` before the next try.
 * An attempt that `progressed` restarts the count.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  seconds: number[],
  progressed: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<T> {
  let failures = 0;
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (await progressed()) failures = 0;
      if (failures >= seconds.length) throw error;
      const wait = seconds[failures++];
      await new Promise((resolve) => setTimeout(resolve, 1000 * wait));
    }
  }
}
