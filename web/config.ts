import { join } from "node:path";
import { z } from "zod";
import { fromBase64Url } from "@/shared/crypto/mod.ts";

/** Everything the web process is told from outside; read once, frozen, never looked up again. */
export interface Config {
  /** Port of pages and API. @default 8400 */
  port: number;
  /** Port of the agent link (decision D10). @default port + 1 */
  agentPort: number;
  hostname: string;
  /** Address that people and agents use from outside, without a slash at the end. */
  publicUrl: string;
  /** Address that agents are told to connect to. */
  agentUrl: string;
  /** App role's address; null starts the embedded PostgreSQL. */
  databaseUrl: string | null;
  /** Owner role's address, for migrations. */
  databaseOwnerUrl: string | null;
  /** Folder of the embedded database and of the server's keys. */
  dataDir: string;
  /** Further host names that pages and agents may be asked for under. */
  allowedHosts: readonly string[];
  /** Keys of the installation, the current one first; null: they stand in the file. */
  masterKeys: readonly { id: string; key: Uint8Array<ArrayBuffer> }[] | null;
  /** Where they stand. @default `master_keys.json` in the data folder */
  masterKeysFile: string;
  /** List of people who were erased; better kept apart from the data folder and its backups. @default `erasures.jsonl` there */
  erasuresFile: string;
  /** An installation for many ISPs: a mail server that one of them types may not stand in a private network. */
  isManyTenants: boolean;
  /** Whether X-Forwarded-For and X-Forwarded-Proto of the proxy in front may be believed. */
  trustProxy: boolean;
  /** Where the demo's supervisor and its mail server listen; null outside the demo. */
  demo: { controlUrl: string; token: string; mailPort?: number | undefined } | null;
}

const flag = z.enum(["0", "1", "true", "false"]).transform((text) => text === "1" || text === "true");
const PORT_MAX = 65_535;
const port = z.coerce.number().int().min(1).max(PORT_MAX);

/** `isp.example, 10.0.0.9`: names without scheme, port or path. */
const hostList = z.string()
  .transform((text) => text.split(",").map((name) => name.trim()).filter((name) => name !== ""))
  .refine((names) => names.every(isHostName), "must be host names with commas between them");
const webAddress = z.url({ protocol: /^https?$/, error: "must start with http:// or https://" });
const postgresAddress = z.url({ protocol: /^postgres(ql)?$/, error: "must start with postgres://" });

const MASTER_KEY_BYTES = 32;

/** `id:base64,id2:base64`. Said without what was typed: it is secret. */
const masterKeyList = z.string().transform((text, ctx) => {
  const keys = text.split(",").map((part) => part.trim()).filter((part) => part !== "").map(parseMasterKey);
  const good = keys.filter((key) => key !== null);
  if (
    good.length === keys.length && good.length > 0 && new Set(good.map(({ id }) => id)).size === good.length
  ) {
    return good;
  }
  ctx.addIssue({
    code: "custom",
    message:
      "must be keys as id:base64 with commas between them: ids of a-z and 0-9, each another one, and 32 bytes",
  });
  return z.NEVER;
});

const environment = z.object({
  PORT: port.default(8400),
  AGENT_PORT: port.optional(),
  HOST: z.string().default("127.0.0.1"),
  PUBLIC_URL: webAddress.refine(isOrigin, "must not have a path: pages are at the root").optional(),
  AGENT_URL: webAddress.optional(),
  DATABASE_URL: postgresAddress.optional(),
  DATABASE_OWNER_URL: postgresAddress.optional(),
  LINYA_DATA: z.string().default(".data"),
  ALLOWED_HOSTS: hostList.default([]),
  TRUST_PROXY: flag.default(false),
  LINYA_MASTER_KEYS: masterKeyList.optional(),
  LINYA_MASTER_KEYS_FILE: z.string().optional(),
  LINYA_ERASURES_FILE: z.string().optional(),
  LINYA_MANY_TENANTS: flag.default(false),
  LINYA_DEMO_CONTROL: webAddress.optional(),
  LINYA_DEMO_TOKEN: z.string().optional(),
  LINYA_DEMO_MAIL_PORT: port.optional(),
});

/**
 * Reads the configuration. Flags win over the environment: `--port N`, `--data DIR`.
 * Throws an Error that names every wrong setting.
 */
export function readConfig(
  args: readonly string[],
  env: Record<string, string | undefined>,
): Readonly<Config> {
  const flags = parseFlags(args);
  const settings: Record<string, string | undefined> = {};
  for (const name of Object.keys(environment.shape)) if (env[name] !== "") settings[name] = env[name];
  if (flags.port !== undefined) settings["PORT"] = flags.port;
  if (flags.data !== undefined) settings["LINYA_DATA"] = flags.data;
  const parsed = environment.safeParse(settings);
  if (!parsed.success) throw new Error(`Cannot start: ${z.prettifyError(parsed.error)}`);
  return Object.freeze(toConfig(parsed.data));
}

function toConfig(env: z.infer<typeof environment>): Config {
  const problem = conflictIn(env);
  if (problem !== null) throw new Error(`Cannot start: ${problem}`);
  const agentPort = env.AGENT_PORT ?? env.PORT + 1;
  const shownHost = env.HOST === "0.0.0.0" || env.HOST === "::" ? "127.0.0.1" : env.HOST;
  const demo = env.LINYA_DEMO_CONTROL !== undefined && env.LINYA_DEMO_TOKEN !== undefined
    ? { controlUrl: env.LINYA_DEMO_CONTROL, token: env.LINYA_DEMO_TOKEN, mailPort: env.LINYA_DEMO_MAIL_PORT }
    : null;
  return {
    port: env.PORT,
    agentPort,
    hostname: env.HOST,
    publicUrl: (env.PUBLIC_URL ?? `http://${shownHost}:${env.PORT}`).replace(/\/+$/, ""),
    agentUrl: (env.AGENT_URL ?? env.PUBLIC_URL ?? `http://${shownHost}:${agentPort}`).replace(/\/+$/, ""),
    databaseUrl: env.DATABASE_URL ?? null,
    databaseOwnerUrl: env.DATABASE_OWNER_URL ?? null,
    allowedHosts: env.ALLOWED_HOSTS,
    dataDir: env.LINYA_DATA,
    trustProxy: env.TRUST_PROXY,
    masterKeys: env.LINYA_MASTER_KEYS ?? null,
    masterKeysFile: env.LINYA_MASTER_KEYS_FILE ?? join(env.LINYA_DATA, "master_keys.json"),
    erasuresFile: env.LINYA_ERASURES_FILE ?? join(env.LINYA_DATA, "erasures.jsonl"),
    isManyTenants: env.LINYA_MANY_TENANTS,
    demo,
  };
}

/** Settings that are right by themselves and wrong together. */
function conflictIn(env: z.infer<typeof environment>): string | null {
  if (env.DATABASE_URL !== undefined && env.DATABASE_OWNER_URL === undefined) {
    return "DATABASE_URL is set, so DATABASE_OWNER_URL (the role that migrates) must be set too";
  }
  if (env.DATABASE_URL === undefined && env.DATABASE_OWNER_URL !== undefined) {
    return "DATABASE_OWNER_URL is set, so DATABASE_URL (the role that the web works as) must be set too";
  }
  if (env.AGENT_PORT === env.PORT || (env.AGENT_PORT === undefined && env.PORT === PORT_MAX)) {
    return "AGENT_PORT must be set to a port of its own";
  }
  if (env.LINYA_MASTER_KEYS !== undefined && env.LINYA_MASTER_KEYS_FILE !== undefined) {
    return "LINYA_MASTER_KEYS and LINYA_MASTER_KEYS_FILE are two places for the same keys: set one of them";
  }
  if ((env.LINYA_DEMO_CONTROL === undefined) !== (env.LINYA_DEMO_TOKEN === undefined)) {
    return "LINYA_DEMO_CONTROL and LINYA_DEMO_TOKEN must be set together";
  }
  return null;
}

/** What works, and not as it was meant; said at the start. */
export function configWarnings({ publicUrl, trustProxy }: Config): string[] {
  if (!publicUrl.startsWith("https:") || trustProxy) return [];
  return [
    "PUBLIC_URL is https and TRUST_PROXY is not set: every visitor seems to come from the proxy, so limits on sign-ins " +
    "count all people as one and the security log shows one address. Set TRUST_PROXY=true if a proxy of your own is " +
    "in front and writes X-Forwarded-For.",
  ];
}

function parseMasterKey(part: string): { id: string; key: Uint8Array<ArrayBuffer> } | null {
  const [, id, encoded = ""] = /^([a-z0-9]{1,32}):([A-Za-z0-9+/_-]+)={0,2}$/.exec(part) ?? [];
  const key = fromBase64Url(encoded.replaceAll("+", "-").replaceAll("/", "_"));
  return id === undefined || key?.length !== MASTER_KEY_BYTES ? null : { id, key };
}

function isHostName(name: string): boolean {
  return /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)$/.test(name);
}

function isOrigin(address: string): boolean {
  const { pathname, search, hash } = new URL(address);
  return pathname.replace(/\/+$/, "") === "" && search === "" && hash === "";
}

/** `--port N` and `--data DIR`, with `=` too; anything else is refused by name. */
export function parseFlags(args: readonly string[]): { port?: string; data?: string } {
  const flags: { port?: string; data?: string } = {};
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [name, inline] = arg.split(/=(.*)/s, 2);
    if (name !== "--port" && name !== "--data") throw new Error(`Cannot start: unknown option "${arg}"`);
    const value = inline ?? rest.shift();
    if (value === undefined || value === "") throw new Error(`Cannot start: option ${name} lacks its value`);
    flags[name === "--port" ? "port" : "data"] = value;
  }
  return flags;
}
