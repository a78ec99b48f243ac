import { LinkPill, Pill } from "@/web/components/Pill.tsx";
import type { RouterRow } from "@/web/store/routers.ts";
import type { AgentState } from "./agent_state.tsx";

type Status = RouterRow["status"];

const WORDS: Record<Exclude<Status, "online" | "unknown" | "unreachable">, string> = {
  wrong_password: "Wrong password",
  wrong_router: "Other router",
  unsupported: "Unsupported",
  error: "Error",
};

/** How a router last answered. Without its agent, or while it is away, nothing is known about it: grey, never red. */
export function RouterPill({ status, agent }: { status: Status; agent: AgentState }) {
  if (agent !== "online" || status === "unreachable") return <LinkPill state="unknown" />;
  if (status === "online" || status === "unknown") return <LinkPill state={status} />;
  return <Pill tone="bad">{WORDS[status]}</Pill>;
}

/** What a state of a router means, and what to do about it. */
export const ADVICE: Record<Exclude<Status, "online">, { title: string; what: string }> = {
  unknown: { title: "Not read yet", what: "Test the router: the agent then says how it answers." },
  unreachable: {
    title: "Unreachable",
    what: "Nothing answers at this address. Check address, port and cable, and that the API service is on: " +
      "/ip service enable api.",
  },
  wrong_password: {
    title: "Wrong password",
    what: "The router refused this user or password. Type them again. The user's group needs the api policy.",
  },
  wrong_router: {
    title: "Another router answers at this address",
    what:
      "Nothing is changed on it. Correct the address, or say in the settings that the router was replaced.",
  },
  unsupported: {
    title: "Unsupported RouterOS",
    what: "Linya works with RouterOS 6.45 and later. Upgrade the router, then test it again.",
  },
  error: {
    title: "The router did not work as it should",
    what: "Read the message, put it right, then test the router again.",
  },
};

/** Lines for the router's terminal that make a user for Linya with no more rights than it needs. */
export const ROUTER_USER_LINES = [
  "/user group add name=linya policy=api,read,write,test",
  "/user add name=linya group=linya password=CHOOSE-A-PASSWORD",
].join("\n");
