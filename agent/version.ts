/** Release of this agent, as it tells the web. */
export const AGENT_VERSION = "0.1.0";
