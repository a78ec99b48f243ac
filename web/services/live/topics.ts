import type { Permission } from "@/web/domain/access/mod.ts";
import type { LiveTopic } from "@/web/store/live/live_topics.ts";

const TOPIC =
  /^(money|network|tonight|mail|log|approvals|(router|run|import|subscriber):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Any one of these is enough to hear a topic. A topic says no more than "look again", and the page checks by itself what
 * it shows; a subscriber's page shows its router, so whoever may see subscribers may wait for a router too.
 */
const HEARD_WITH: Record<string, readonly Permission[]> = {
  money: ["bill:read", "payment:read"],
  network: ["router:read", "site:read"],
  tonight: ["cut_run:read"],
  mail: ["mail:read"],
  log: ["system_log:read"],
  approvals: ["approval:read"],
  router: ["router:read", "site:read", "subscriber:read"],
  run: ["cut_run:read"],
  import: ["import:read"],
  subscriber: ["subscriber:read"],
};

/** Reads a list as it stands in an address; what is no topic is left out. */
export function parseTopics(text: string): LiveTopic[] {
  return [...new Set(text.split(","))].filter((word) => TOPIC.test(word)) as LiveTopic[];
}

/** The topics that somebody with these permissions may hear. */
export function heardTopics(topics: readonly LiveTopic[], permissions: ReadonlySet<string>): LiveTopic[] {
  return topics.filter((topic) =>
    HEARD_WITH[topic.split(":")[0] ?? ""]?.some((permission) => permissions.has(permission)) ?? false
  );
}
