import type { Middleware } from "fresh";
import { type Refused, refused } from "@/web/app/errors/refused.ts";
import type { AppState } from "@/web/app/state.ts";

const MEBIBYTE = 1_048_576;

/** Refuses request bodies over a size, also those that do not announce it. */
export function bodyLimit(options: { bytesMax?: number } = {}): Middleware<AppState> {
  const bytesMax = options.bytesMax ?? MEBIBYTE;
  return async (ctx) => {
    const announced = Number(ctx.req.headers.get("content-length") ?? 0);
    if (announced > bytesMax) throw tooLarge(bytesMax);
    if (ctx.req.body !== null) {
      ctx.req = new Request(ctx.req, { body: ctx.req.body.pipeThrough(limiter(bytesMax)) });
    }
    return await ctx.next();
  };
}

function limiter(bytesMax: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > bytesMax) controller.error(tooLarge(bytesMax));
      else controller.enqueue(chunk);
    },
  });
}

function tooLarge(bytesMax: number): Refused {
  return refused("too_large", { kilobytes: Math.floor(bytesMax / 1024) });
}
