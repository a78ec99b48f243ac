import { clipText, MAX_NAME_LENGTH } from "@/shared/protocol/mod.ts";
import { type ConnectedRouter, type ConnectOptions, connectRouter } from "./mikrotik/mod.ts";
import type { ConnectRouter, RouterPort } from "./reconcile/ports.ts";

/** The MikroTik client as reconciling sees it. */
export const connectMikrotik: ConnectRouter = mikrotikWith({});

/** The same with other times or limits than the usual. */
export function mikrotikWith(options: Partial<ConnectOptions>): ConnectRouter {
  return async (address) => portOf(await connectRouter({ ...address, ...options }));
}

function bounded(text: string | null): string | null {
  return text === null ? null : clipText(text, MAX_NAME_LENGTH);
}

function portOf(client: ConnectedRouter): RouterPort {
  return {
    ended: client.ended,
    async identity() {
      const found = await client.identity();
      return {
        identity: found.identity,
        version: found.version,
        board_name: found.boardName,
        // Bound to and compared as the messages carry them.
        serial_number: bounded(found.serialNumber),
        software_id: bounded(found.softwareId),
        uptime_seconds: found.uptimeSeconds,
      };
    },
    listSecrets: (options) => client.listSecrets(options),
    listProfiles: () => client.listProfiles(),
    listActive: () => client.listActive(),
    listDefaultRoutes: () => client.listDefaultRoutes(),
    listLog: () => client.listLog(),
    isClockUnset: async () => (await client.readClock()).isUnset,
    setDisabled: (names, disabled, options) => client.setDisabled(names, disabled, options),
    moveToProfile: (moves, profile, options) => client.moveToProfile(moves, profile, options),
    findSessions: (names) => client.findSessions(names),
    findSecrets: (name) => client.findSecrets(name),
    addSecret: (secret) => client.addSecret(secret),
    setSecret: (id, change) => client.setSecret(id, change),
    kick: (names, options) => client.kick(names, options),
    close: () => client.close(),
  };
}
