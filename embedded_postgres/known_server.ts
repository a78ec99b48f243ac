import { APP_ROLE, OWNER_ROLE } from "@/web/store/db/roles.ts";
import { DATABASE_NAME } from "./bootstrap.ts";
import { findCluster } from "./cluster.ts";

/** Where the server of a data folder listened last, for tools beside a running web; null when the folder has none. */
export async function knownServer(dataDir: string): Promise<{ appUrl: string; ownerUrl: string } | null> {
  const state = (await findCluster(dataDir))?.state;
  if (state === undefined || state.port === null || !state.isBootstrapped) return null;
  const url = (role: string, password: string) =>
    `postgres://${role}:${password}@127.0.0.1:${state.port}/${DATABASE_NAME}`;
  return { appUrl: url(APP_ROLE, state.appPassword), ownerUrl: url(OWNER_ROLE, state.ownerPassword) };
}
