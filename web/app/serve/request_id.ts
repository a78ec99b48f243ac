import type { Middleware } from "fresh";
import type { Logger } from "@/shared/log.ts";
import type { AppState } from "@/web/app/state.ts";

/** Gives every request an id, a logger that carries it, and an `x-request-id` on the answer. */
export function requestId(options: { log: Logger }): Middleware<AppState> {
  return async (ctx) => {
    // Never taken from the request: a caller could forge lines of another request in the log.
    const id = crypto.randomUUID();
    ctx.state.requestId = id;
    ctx.state.log = options.log.child({ request_id: id });
    const response = await ctx.next();
    response.headers.set("x-request-id", id);
    return response;
  };
}
