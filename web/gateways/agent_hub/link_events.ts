import type { AgentMessage, AgentProblem, BadFrame, FrameHead } from "@/shared/protocol/mod.ts";
import type { AgentLink } from "./agent_link.ts";

/** What the owner of a link does with it. */
export interface LinkEvents {
  /** One message at a time, in order; the next waits until this one is done. */
  onMessage(link: AgentLink, message: AgentMessage): Promise<void>;
  /** A frame that is not what it should be, in its turn; it was nacked already. */
  onRefused(link: AgentLink, frame: RefusedFrame): Promise<void>;
  /** The agent says what keeps it from its work, or that nothing does any more; at once, past what waits. */
  onTrouble(link: AgentLink, trouble: AgentProblem | null): void;
  onClosed(link: AgentLink): void;
}

/** A frame that was not taken. */
export interface RefusedFrame {
  head: FrameHead;
  problem: BadFrame;
}
