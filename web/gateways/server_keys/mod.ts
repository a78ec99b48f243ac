import { z } from "zod";
import {
  fromBase64Url,
  generateSigningKey,
  randomBytes,
  type SigningKeyPair,
  toBase64Url,
} from "@/shared/crypto/mod.ts";
import { createPrivateFile } from "../durable_file/mod.ts";

/** Keys of the installation. All web nodes share the same file. */
export interface ServerKeys {
  /** Signs revocations of agents (R13) and the ends of audit logs. */
  signing: SigningKeyPair;
  /** 32 bytes behind form tokens and link challenges. */
  secret: Uint8Array<ArrayBuffer>;
}

const fileShape = z.object({
  version: z.literal(1),
  private_key: z.string(),
  public_key: z.string(),
  secret: z.string(),
});

/** The keys of a file that is there; null where there is none. For what looks and must not make one. */
export async function findServerKeys(path: string): Promise<ServerKeys | null> {
  const text = await readText(path);
  return text === null ? null : keysOf(path, text);
}

/**
 * Reads the keys, or makes them at the first start: a file that only its owner can read.
 * An unreadable or damaged file is an error, never a reason for new keys: agents have pinned the old ones.
 */
export async function loadServerKeys(path: string): Promise<ServerKeys> {
  const text = await readText(path);
  return text === null ? await createKeys(path) : keysOf(path, text);
}

/** Null: it is not there. */
async function readText(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Error(`Cannot read server keys: "${path}" is not readable`, { cause: error });
  }
}

function keysOf(path: string, text: string): ServerKeys {
  const keys = parseKeys(text);
  if (keys === null) {
    throw new Error(`Cannot read server keys: "${path}" is damaged, restore it from a backup`);
  }
  return keys;
}

function parseKeys(text: string): ServerKeys | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = fileShape.safeParse(json);
  if (!parsed.success) return null;
  const privateKey = fromBase64Url(parsed.data.private_key);
  const publicKey = fromBase64Url(parsed.data.public_key);
  const secret = fromBase64Url(parsed.data.secret);
  if (privateKey === null || publicKey?.length !== 32 || secret?.length !== 32) return null;
  return { signing: { privateKey, publicKey }, secret };
}

async function createKeys(path: string): Promise<ServerKeys> {
  const keys: ServerKeys = { signing: await generateSigningKey(), secret: randomBytes(32) };
  const content: z.infer<typeof fileShape> = {
    version: 1,
    private_key: toBase64Url(keys.signing.privateKey),
    public_key: toBase64Url(keys.signing.publicKey),
    secret: toBase64Url(keys.secret),
  };
  let isOurs: boolean;
  try {
    isOurs = await createPrivateFile(path, JSON.stringify(content, null, 2) + "\n");
  } catch (error) {
    throw new Error(`Cannot write server keys: "${path}" is not writable`, { cause: error });
  }
  return isOurs ? keys : await loadServerKeys(path);
}
