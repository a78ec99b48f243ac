import { ClosedError, TimeoutError } from "@/shared/routeros/mod.ts";
import { Liveness } from "./liveness.ts";
import type { OpenRequests } from "./open_requests.ts";
import { Request, wordsOf } from "./request.ts";
import type { SessionTimes } from "./session_options.ts";

export interface KeepaliveOptions {
  times: SessionTimes;
  open: OpenRequests;
  isClosed(): boolean;
  /** Sends a ping, outside of the window. */
  send(ping: Request): void;
  onDead(reason: ClosedError): void;
}

/** Watches a connection for silence, and asks something small over it whose only use is an answer. */
export function keepAlive(options: KeepaliveOptions): Liveness {
  const { open, times: { silenceMs, keepaliveMs }, onDead } = options;
  const liveness = new Liveness({
    silenceMs,
    idleMs: keepaliveMs,
    isWaiting: () => open.isWaiting,
    ping: () => {
      if (open.hasPing || options.isClosed()) return;
      liveness.asking();
      ping(options);
    },
    onSilence: () => onDead(unreachable(`nothing was heard from it for ${silenceMs} ms`)),
    now: () => performance.now(),
  });
  return liveness;
}

function ping({ open, times: { deadlineMs }, send, onDead }: KeepaliveOptions): void {
  const command = "/system/identity/print";
  const tag = open.nextTag();
  const request = new Request(command, wordsOf(command, {}, { proplist: ["name"] }, tag), tag, {});
  open.addPing(request);
  request.result.catch((error) => {
    // A refusal is an answer too. Whatever drips in without one, while nothing else is under way, is no router.
    if (!(error instanceof TimeoutError) || open.running > 0) return;
    onDead(unreachable(`it answered nothing for ${deadlineMs} ms`));
  });
  send(request);
}

function unreachable(why: string): ClosedError {
  return new ClosedError(`Cannot reach the router any more: ${why}`, false);
}
