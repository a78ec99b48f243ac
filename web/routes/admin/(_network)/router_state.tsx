import { useT } from "@/web/components/i18n.ts";
import { LinkPill, Pill } from "@/web/components/facts/Pill.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { RouterRow } from "@/web/store/network/routers.ts";
import type { AgentState } from "./agent_state.tsx";

type Status = RouterRow["status"];

/** How a router last answered. Without its agent, or while it is away, nothing is known about it: grey, never red. */
export function RouterPill(
  { router, agent }: { router: Pick<RouterRow, "status" | "refused_at">; agent: AgentState },
) {
  const t = useT();
  const { status } = router;
  if (agent === "online" && router.refused_at !== null) {
    return <Pill tone="bad">{t("agents.router_refused")}</Pill>;
  }
  if (agent !== "online" || status === "unreachable") return <LinkPill state="unknown" />;
  if (status === "online" || status === "unknown") return <LinkPill state={status} />;
  return <Pill tone="bad">{t(`network.status_${status}`)}</Pill>;
}

/** What a state of a router means, and what to do about it. */
export function adviceFor(t: Translate, status: Exclude<Status, "online">): { title: string; what: string } {
  return { title: t(`network.${status}_title`), what: t(`network.${status}_what`) };
}

/** Lines for the router's terminal that make a user for Linya with no more rights than it needs. */
export const ROUTER_USER_LINES = [
  "/user group add name=linya policy=api,read,write,test",
  "/user add name=linya group=linya password=CHOOSE-A-PASSWORD",
].join("\n");
