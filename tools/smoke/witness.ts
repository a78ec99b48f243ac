import pg from "pg";
import { RouterOSAPI } from "node-routeros";
import { extractText, getDocumentProxy } from "unpdf";

/** What somebody else's RouterOS client reads from a router (R20): name to state, `l2tp//juan` for another service than PPPoE. */
export interface RouterReading {
  secrets: Map<string, { disabled: boolean; profile: string; comment: string }>;
  online: Set<string>;
}

/** How a router is reached. */
export interface RouterLogin {
  host: string;
  port: number;
  username: string;
  password: string;
}

/** Reads a router with a client that is not ours. */
export function readRouter(login: RouterLogin): Promise<RouterReading> {
  return withClient(login, async (client) => {
    const secrets: Record<string, string>[] = await client.write("/ppp/secret/print");
    const active: Record<string, string>[] = await client.write("/ppp/active/print");
    return {
      secrets: new Map(secrets.map((row) => [keyOf(row), {
        disabled: row["disabled"] === "true",
        profile: row["profile"] ?? "",
        comment: row["comment"] ?? "",
      }])),
      online: new Set(active.map(keyOf)),
    };
  });
}

/** Adds a secret by hand, as an admin does in WinBox. */
export async function addSecretByHand(login: RouterLogin, secret: Record<string, string>): Promise<void> {
  const words = Object.entries(secret).map(([name, value]) => `=${name}=${value}`);
  await withClient(login, (client) => client.write("/ppp/secret/add", words));
}

/** Disables a PPPoE secret by hand, as an admin does in WinBox. */
export async function disableSecretByHand(login: RouterLogin, name: string): Promise<void> {
  await withClient(login, async (client) => {
    const secrets: Record<string, string>[] = await client.write("/ppp/secret/print", [`?name=${name}`]);
    const row = secrets.find((secret) => keyOf(secret) === name);
    if (row === undefined) throw new Error(`Cannot disable ${name}: the router has no such secret`);
    await client.write("/ppp/secret/set", [`=.id=${row[".id"]}`, "=disabled=yes"]);
  });
}

function keyOf(row: Record<string, string>): string {
  const { name = "", service = "any" } = row;
  return ["pppoe", "any"].includes(service) ? name : `${service}//${name}`;
}

async function withClient<T>(
  { username: user, ...rest }: RouterLogin,
  work: (client: RouterOSAPI) => Promise<T>,
): Promise<T> {
  const client = new RouterOSAPI({ ...rest, user, timeout: 15 });
  await client.connect();
  try {
    return await work(client);
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

/** The text of a PDF as somebody else's reader finds it, white space folded. */
export async function readPdfText(pdf: Uint8Array): Promise<string> {
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const { text } = await extractText(document, { mergePages: true });
  return text.replace(/\s+/g, " ").trim();
}
