import {
  type ConnectedRouter,
  type ConnectOptions,
  connectRouter,
  RouterOsSession,
  type SessionOptions,
} from "@/agent/routers/mikrotik/mod.ts";
import {
  type GeneratedSecret,
  type RouterOsSim,
  type RouterOsSimOptions,
  startRouterOsSim,
} from "@/sim/routeros/mod.ts";

/** An account with everything that a test does not care about. */
export function secret(name: string, values: Partial<GeneratedSecret> = {}): GeneratedSecret {
  return {
    name,
    password: "pw-of-" + name,
    profile: "fiber-25",
    service: "pppoe",
    comment: null,
    callerId: "02:00:00:00:00:01",
    remoteAddress: null,
    disabled: false,
    dialing: true,
    ...values,
  };
}

/** Runs `body` with a simulated router that is gone afterwards. */
export async function withSim(
  options: RouterOsSimOptions,
  body: (sim: RouterOsSim) => Promise<void>,
): Promise<void> {
  const sim = startRouterOsSim(options);
  try {
    await body(sim);
  } finally {
    await sim.close();
  }
}

export async function withRouter(
  options: RouterOsSimOptions,
  body: (router: ConnectedRouter, sim: RouterOsSim) => Promise<void>,
  client: Partial<ConnectOptions> = {},
): Promise<void> {
  await withSim(options, async (sim) => {
    const router = await connectRouter({ ...login(sim), recheckMs: 20, ...client });
    try {
      await body(router, sim);
    } finally {
      await router.close();
    }
  });
}

export async function withSession(
  options: RouterOsSimOptions,
  body: (session: RouterOsSession, sim: RouterOsSim) => Promise<void>,
  client: Partial<SessionOptions> = {},
): Promise<void> {
  await withSim(options, async (sim) => {
    const session = await RouterOsSession.connect({ ...login(sim), ...client });
    try {
      await body(session, sim);
    } finally {
      await session.close();
    }
  });
}

export function login(sim: RouterOsSim): SessionOptions {
  return { host: sim.host, port: sim.port, user: "admin", password: "admin" };
}

/** A rejection as a value, so that it is watched from the start. */
export function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => value, (error: unknown) => error);
}

const FIXTURES = new URL("../../../shared/fixtures/routeros/", import.meta.url);

/** The text of a RouterOS fixture, or null with one line that says so when the folder is not there. */
export async function readFixture(name: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(new URL(name, FIXTURES));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // deno-lint-ignore no-console -- a skipped check must be seen
    console.log(`skipped: no fixture routeros/${name} in ../shared/fixtures`);
    return null;
  }
}
