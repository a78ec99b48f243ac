import type { TrapError } from "@/shared/routeros/mod.ts";
import { isWriteRefusal } from "./connection.ts";
import type { RouterPort } from "./ports.ts";

/** What is noticed of a router while a pass uses it. */
export interface PortEvents {
  /** All accounts and sessions were read. */
  onRead(): void;
  onWriteRefused(error: TrapError): void;
  /** While not null, writes are answered with this and not sent. */
  heldWrite(): TrapError | null;
}

/** What a pass looks at before it does anything. */
const LOOKS: readonly string[] = ["listSecrets", "listActive"];
/** What changes nothing on the router; every other operation is held while it lets nobody write. */
const READS: ReadonlySet<string> = new Set<keyof RouterPort>([
  "identity",
  "listSecrets",
  "listProfiles",
  "listActive",
  "listDefaultRoutes",
  "listLog",
  "isClockUnset",
  "findSessions",
  "findSecrets",
]);

/** The same router, watched: whether it could be read, and whether it lets us write. */
export function watchPort(port: RouterPort, events: PortEvents): RouterPort {
  const looked = new Set<string>();
  const onDone = (name: string) => {
    if (!LOOKS.includes(name)) return;
    looked.add(name);
    if (looked.size === LOOKS.length) events.onRead();
  };
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function" || typeof name !== "string" || name === "close") return member;
      return (...args: unknown[]) => watch(name, () => member.apply(target, args), { ...events, onDone });
    },
  });
}

async function watch(
  name: string,
  run: () => Promise<unknown>,
  events: PortEvents & { onDone(name: string): void },
): Promise<unknown> {
  const held = READS.has(name) ? null : events.heldWrite();
  if (held !== null) throw held;
  try {
    const result = await run();
    events.onDone(name);
    return result;
  } catch (error) {
    if (isWriteRefusal(error)) events.onWriteRefused(error);
    throw error;
  }
}
