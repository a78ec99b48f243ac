import { useT } from "@/web/components/i18n.ts";
import { LinkPill, Pill } from "@/web/components/facts/Pill.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { DOUBTS, remarksOf } from "@/web/store/network/router_standing.ts";
import type { RouterRow } from "@/web/store/network/routers.ts";
import type { AgentState } from "./agent_state.tsx";

type Status = RouterRow["status"];

/** How a router last answered. Without its agent, or while it is away, nothing is known about it: grey, never red. */
export function RouterPill(
  { router, agent }: {
    router: Pick<RouterRow, "status" | "status_message" | "refused_at" | "remarks" | "question">;
    agent: AgentState;
  },
) {
  const t = useT();
  const { status } = router;
  if (agent === "online" && router.refused_at !== null) {
    return <Pill tone="bad">{t("agents.router_refused")}</Pill>;
  }
  if (agent === "online" && router.question !== null) {
    return <Pill tone="warn">{t("network.status_asks")}</Pill>;
  }
  if (agent === "online" && status === "online" && isLimited(router)) {
    return <Pill tone="warn">{t("network.status_limited")}</Pill>;
  }
  if (agent !== "online" || status === "unreachable") return <LinkPill state="unknown" />;
  if (status === "online" || status === "unknown") return <LinkPill state={status} />;
  return <Pill tone="bad">{t(`network.status_${status}`)}</Pill>;
}

/** What a state of a router means, and what to do about it. */
export function adviceFor(t: Translate, status: Exclude<Status, "online">): { title: string; what: string } {
  return { title: t(`network.${status}_title`), what: t(`network.${status}_what`) };
}

/** An agent of an earlier version says in the message what is not as it should be. */
function isLimited(router: Pick<RouterRow, "remarks" | "status_message">): boolean {
  return router.status_message !== null || remarksOf(router).length > 0;
}

const REMARKS = [
  "router_may_not_write",
  "router_row_without_id",
  "router_profile_missing",
  "router_uplink_down",
  "router_clock_unset",
  ...DOUBTS,
] as const;

/** The title of a remark; one of a newer agent is told by its sentence. */
export function remarkTitle(t: Translate, code: string): string {
  const known = REMARKS.find((one) => one === code);
  return known === undefined ? t("network.limited_title") : t(`network.remark_${known}`);
}

/** Lines for the router's terminal that make a user for Linya with no more rights than it needs. */
export const ROUTER_USER_LINES = [
  "/user group add name=linya policy=api,read,write,test",
  "/user add name=linya group=linya password=CHOOSE-A-PASSWORD",
].join("\n");
