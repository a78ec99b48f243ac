import type { Row } from "@/shared/routeros/mod.ts";

/** Values of a simple queue that was made without more, by a person or for a session. Pairs are upload/download. */
export const QUEUE_DEFAULTS: Row = {
  "packet-marks": "",
  priority: "8/8",
  queue: "default-small/default-small",
  "limit-at": "0/0",
  "max-limit": "0/0",
  "burst-limit": "0/0",
  "burst-threshold": "0/0",
  "burst-time": "0s/0s",
  "bucket-size": "0.1/0.1",
};
