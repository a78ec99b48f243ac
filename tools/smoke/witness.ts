import pg from "pg";
import { RouterOSAPI } from "node-routeros";

/** What somebody else's RouterOS client reads from a router (R20): name to state. */
export interface RouterReading {
  secrets: Map<string, { disabled: boolean; profile: string; comment: string }>;
  online: Set<string>;
}

/** Reads a router with a client that is not ours. */
export async function readRouter(
  address: { host: string; port: number; username: string; password: string },
): Promise<RouterReading> {
  const { username: user, ...rest } = address;
  const client = new RouterOSAPI({ ...rest, user, timeout: 15 });
  await client.connect();
  try {
    const secrets: Record<string, string>[] = await client.write("/ppp/secret/print");
    const active: Record<string, string>[] = await client.write("/ppp/active/print");
    return {
      secrets: new Map(secrets.map((row) => [row["name"] ?? "", {
        disabled: row["disabled"] === "true",
        profile: row["profile"] ?? "",
        comment: row["comment"] ?? "",
      }])),
      online: new Set(active.map((row) => row["name"] ?? "")),
    };
  } finally {
    await client.close();
  }
}

/** Asks the books with SQL of its own, as the superuser: no code of the product in between. */
export async function openBooks(superuserUrl: string): Promise<{
  one(sql: string, values?: unknown[]): Promise<Record<string, string>>;
  list(sql: string, values?: unknown[]): Promise<Record<string, string>[]>;
  close(): Promise<void>;
}> {
  const client = new pg.Client({ connectionString: superuserUrl });
  // The server is stopped at the end of the run, or killed by a test.
  client.on("error", () => {});
  await client.connect();
  const list = async (sql: string, values: unknown[] = []) =>
    (await client.query(sql, values)).rows as Record<string, string>[];
  return {
    list,
    one: async (sql, values) => (await list(sql, values))[0] ?? {},
    close: () => client.end(),
  };
}
