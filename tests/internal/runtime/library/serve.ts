/** What a loopback server was asked for. */
export type Asked = { path: string; range: string | null; authorization: string | null };

/** A server on the loopback interface; it stops at the end of the `using` block. */
export function serve(answer: (asked: Asked) => Response) {
  const asked: Asked[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response(null) },
    ({ url, headers }) => {
      const request = {
        path: new URL(url).pathname,
        range: headers.get("range"),
        authorization: headers.get("authorization"),
      };
      asked.push(request);
      return answer(request);
    },
  );
  return {
    url: (path: string) => new URL(path, `http://127.0.0.1:${server.addr.port}`),
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Answers with a file's bytes, or those of them that a range asks for. */
export function fileResponse(bytes: Uint8Array, range: string | null): Response {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined) return new Response(bytes.slice());
  const start = Number(first), end = last ? Number(last) + 1 : bytes.length;
  return new Response(bytes.slice(start, end), {
    status: 206,
    headers: { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` },
  });
}
