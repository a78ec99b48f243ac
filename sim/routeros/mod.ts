export { startRouterOsSim } from "./server.ts";
export type { RouterOsSim, RouterOsSimOptions } from "./server.ts";
export { InProcessRouter } from "./in_process.ts";
export { DEFAULT_PROFILES, generateSecrets } from "./generate.ts";
export type { Dialer } from "./dialer.ts";
export type { GeneratedProfile, GeneratedSecret } from "./generate.ts";
export type { Counters, LoggedCommand } from "./hub.ts";
export type { RouterWorld, SimUser } from "./world.ts";
export { codePageText } from "./text.ts";
