/** The agent hub: the web's end of the agent links. */
export type {
  AgentMessageOf,
  AgentRecords,
  Greeting,
  KnownAgent,
  LinkIdentity,
  LinkRefused,
  LinkWork,
  OutgoingOf,
  RouterRefused,
  SiteView,
  StateMark,
  StateRows,
  Wake,
} from "./agent_records.ts";
export { listenForAgents, type RunningHub } from "./listener.ts";
export type { HubOptions } from "./options.ts";
