import type { Middleware } from "fresh";
import type { AppState } from "@/web/app/state.ts";

const BYTES_MIN = 1024;
const COMPRESSIBLE = /^(text\/html|application\/json)\b/;

/** Compresses pages and JSON over 1 KB. Static files are compressed once, when they are loaded. */
export function compress(): Middleware<AppState> {
  return async (ctx) => {
    const answer = await ctx.next();
    // A copy, because some responses have headers that cannot be changed (Response.redirect).
    const response = new Response(answer.body, answer);
    if (!COMPRESSIBLE.test(response.headers.get("content-type") ?? "")) return response;
    response.headers.append("vary", "accept-encoding");
    const isPlain = response.body !== null && !response.headers.has("content-encoding");
    if (!isPlain || !acceptsEncoding(ctx.req, "gzip")) return response;
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength < BYTES_MIN) return new Response(bytes, response);
    response.headers.set("content-encoding", "gzip");
    response.headers.delete("content-length");
    return new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip")), response);
  };
}

/** True when the client takes an encoding; `q=0` refuses it. */
export function acceptsEncoding(req: Request, encoding: string): boolean {
  const accepted = (req.headers.get("accept-encoding") ?? "").split(",").map((part) =>
    part.trim().split(";")
  );
  return accepted.some(([name, quality]) => name === encoding && !/^\s*q=0(\.0*)?$/.test(quality ?? ""));
}
