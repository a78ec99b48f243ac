import { heardTopics } from "@/web/services/live/topics.ts";
import type { LiveTopic } from "@/web/store/live/live_topics.ts";
import type { AppState } from "@/web/app/state.ts";

/** While the demo's clock moves or its tour is taken, every page follows what they show. */
const DEMO_TOPICS = ["money", "tonight", "mail"] as const;

/** What this page listens for; null when it follows nothing, answers a form or has no frame to do it in. */
export function pageTopics(state: AppState): LiveTopic[] | null {
  const { session, entry, shell } = state;
  const live = shell?.demo?.isMoving === true ? [...state.live ?? [], ...DEMO_TOPICS] : state.live;
  if (live === undefined || session?.audience !== "staff" || !shell || entry?.method !== "GET") return null;
  // The frame's own pill follows the network on every live page.
  return heardTopics([...new Set(live).add("network")], session.permissions);
}
