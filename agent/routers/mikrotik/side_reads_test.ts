import assert from "node:assert/strict";
import { listLog } from "./log_lines.ts";
import { readClock } from "./probes.ts";
import type { CallOptions } from "./request.ts";
import { listDefaultRoutes } from "./routes.ts";
import type { RouterOsSession } from "./session.ts";
import { SIDE_READ_MS } from "./session_options.ts";

Deno.test("what is only good to know has a short deadline, so that no pass waits long for it", async () => {
  const deadlines = new Map<string, number | undefined>();
  const session = {
    call: (command: string, _attributes: unknown, options: CallOptions = {}) => {
      deadlines.set(command, options.deadlineMs);
      return Promise.resolve({ rows: [] });
    },
  } as unknown as RouterOsSession;
  await listLog(session);
  await listDefaultRoutes(session);
  await readClock(session);
  assert.deepEqual([...deadlines], [
    ["/log/print", SIDE_READ_MS],
    ["/ip/route/print", SIDE_READ_MS],
    ["/system/clock/print", SIDE_READ_MS],
  ]);
});
