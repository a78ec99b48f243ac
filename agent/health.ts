import type { RouterStatus } from "@/shared/protocol/mod.ts";

/** What the daemon knows of itself. */
export interface AgentState {
  link: "connected" | "connecting" | "refused" | "revoked";
  linkMessage: string | null;
  routers: { name: string; status: RouterStatus | "starting" }[];
}

/** Whether the site works, and what does not. */
export interface Readiness {
  isReady: boolean;
  problems: string[];
}

/** Ready means connected to the web and to every router. */
export function readiness(state: AgentState): Readiness {
  const problems = state.routers
    .filter((router) => router.status !== "online")
    .map((router) => `${router.name}: ${router.status.replaceAll("_", " ")}`);
  if (state.link !== "connected") {
    problems.unshift(`Web: ${state.link}${state.linkMessage === null ? "" : ` (${state.linkMessage})`}`);
  }
  return { isReady: problems.length === 0, problems };
}
