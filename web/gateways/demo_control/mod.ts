import { z } from "zod";

/** A simulated router as the demo's supervisor knows it. */
const routerShape = z.object({ site: z.string(), name: z.string(), plugged: z.boolean() });
/** The agent of a site. */
const agentShape = z.object({ site: z.string(), running: z.boolean() });
const preparingShape = z.object({ label: z.string(), done: z.number(), total: z.number() });
/** Who can sign in to the demo: it keeps no secret. */
const loginShape = z.object({ role: z.string(), name: z.string(), email: z.string(), password: z.string() });
const statusShape = z.object({
  logins: z.array(loginShape),
  routers: z.array(routerShape),
  agents: z.array(agentShape),
  /** The history that is being played at the first start; null when all is there. */
  preparing: preparingShape.nullable(),
});

/** What the demo can do to its own small world. */
export type DemoStatus = z.infer<typeof statusShape>;

/** The process that runs the demo's routers and agents. */
export interface DemoControl {
  status(): Promise<DemoStatus>;
  setPlugged(router: string, plugged: boolean): Promise<void>;
  /** Kills the agent of a site as a power cut would. */
  killAgent(site: string): Promise<void>;
  startAgent(site: string): Promise<void>;
  /** Lets the demo's people live a moment of the business clock: who is about to pay pays. */
  letPeopleAct(): Promise<void>;
}

/** Talks to the supervisor over loopback; null outside the demo. */
export function openDemoControl(settings: { controlUrl: string; token: string } | null): DemoControl | null {
  if (settings === null) return null;
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(path, settings.controlUrl), {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${settings.token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`Cannot control the demo: its supervisor answered ${response.status}`);
    return await response.json();
  };
  return {
    status: async () => statusShape.parse(await call("/status")),
    setPlugged: async (router, plugged) => void await call("/router", { router, plugged }),
    killAgent: async (site) => void await call("/agent", { site, action: "kill" }),
    letPeopleAct: async () => void await call("/people", {}),
    startAgent: async (site) => void await call("/agent", { site, action: "start" }),
  };
}
