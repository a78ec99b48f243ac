import { dirname } from "node:path";
import { z } from "zod";
import {
  fromBase64Url,
  generateSigningKey,
  randomBytes,
  type SigningKeyPair,
  toBase64Url,
} from "@/shared/crypto/mod.ts";

/** Keys of the installation. All web nodes share the same file. */
export interface ServerKeys {
  /** Signs revocations of agents (R13). */
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

/**
 * Reads the keys, or makes them at the first start: a file that only its owner can read.
 * An unreadable or damaged file is an error, never a reason for new keys: agents have pinned the old ones.
 */
export async function loadServerKeys(path: string): Promise<ServerKeys> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return await createKeys(path);
    throw new Error(`Cannot read server keys: "${path}" is not readable`, { cause: error });
  }
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
  await Deno.mkdir(dirname(path), { recursive: true });
  // Written whole beside its place and then linked there, which fails where a file is: a crash leaves no half keys, and
  // of two nodes that start together on one folder the second reads what the first made.
  const building = `${path}.${crypto.randomUUID()}`;
  try {
    await writeDurably(building, JSON.stringify(content, null, 2) + "\n");
    await Deno.link(building, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return await loadServerKeys(path);
    throw new Error(`Cannot write server keys: "${path}" is not writable`, { cause: error });
  } finally {
    await removeIfThere(building);
  }
  return keys;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  try {
    await file.write(new TextEncoder().encode(text));
    await file.sync();
  } finally {
    file.close();
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
