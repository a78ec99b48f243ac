import { RouterOSAPI } from "node-routeros";
import { ROUTER_LOGIN } from "@/tools/stack/mod.ts";

/** A PPP secret as a client that we did not write reads it: every field, the password too. */
export type RouterSecret = Readonly<Record<string, string>>;

/** Reads all PPP secrets of a router by name, with node-routeros (R20). */
export async function readRouterSecrets(
  address: { host: string; port: number },
): Promise<Map<string, RouterSecret>> {
  return await withClient(address, async (api) => {
    const rows: RouterSecret[] = await api.write("/ppp/secret/print");
    return new Map(rows.map(readable).map((row) => [row["name"] ?? "", row]));
  });
}

/** Names with a session. */
export async function readRouterSessions(address: { host: string; port: number }): Promise<Set<string>> {
  return await withClient(address, async (api) => {
    const rows: RouterSecret[] = await api.write("/ppp/active/print");
    return new Set(rows.map((row) => readable(row)["name"] ?? ""));
  });
}

async function withClient<T>(
  { host, port }: { host: string; port: number },
  work: (api: RouterOSAPI) => Promise<T>,
): Promise<T> {
  const api = new RouterOSAPI({
    host,
    port,
    user: ROUTER_LOGIN.username,
    password: ROUTER_LOGIN.password,
    timeout: 5,
  });
  await api.connect();
  try {
    return await work(api);
  } finally {
    await api.close();
  }
}

const BYTE_OF = new Map(
  Array.from(
    { length: 256 },
    (_, byte) => [new TextDecoder("windows-1252").decode(new Uint8Array([byte])), byte],
  ),
);

/** node-routeros takes every text for windows-1252; ours are UTF-8. */
function readable(row: RouterSecret): RouterSecret {
  const text = (value: string) =>
    new TextDecoder().decode(new Uint8Array([...value].map((sign) => BYTE_OF.get(sign) ?? 0x3f)));
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)]));
}
