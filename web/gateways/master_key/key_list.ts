import { z } from "zod";
import { fromBase64Url, randomBytes, toBase64Url } from "@/shared/crypto/mod.ts";

/** A key of the installation. It wraps the data keys of tenants and nothing else. */
export interface MasterKey {
  /** Stands before everything that is wrapped with it. */
  id: string;
  /** 32 bytes. */
  key: Uint8Array<ArrayBuffer>;
}

export const KEY_BYTES = 32;
const KEY_ID = /^[a-z0-9]{1,32}$/;

const fileShape = z.object({
  version: z.literal(1),
  keys: z.array(z.object({ id: z.string().regex(KEY_ID), key: z.string() })).min(1),
});

/** A new key with a name of its own. */
export function makeMasterKey(): MasterKey {
  return { id: `k${randomBytes(6).toHex()}`, key: randomBytes(KEY_BYTES) };
}

/** The text of the file; the first key is the current one. */
export function formatKeyFile(keys: readonly MasterKey[]): string {
  const content: z.infer<typeof fileShape> = {
    version: 1,
    keys: keys.map(({ id, key }) => ({ id, key: toBase64Url(key) })),
  };
  return JSON.stringify(content, null, 2) + "\n";
}

/** The keys of a file; null when it is damaged. */
export function parseKeyFile(text: string): MasterKey[] | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = fileShape.safeParse(json);
  if (!parsed.success) return null;
  const keys = parsed.data.keys.flatMap(({ id, key: encoded }) => {
    const key = fromBase64Url(encoded);
    return key?.length === KEY_BYTES ? [{ id, key }] : [];
  });
  const isWhole = keys.length === parsed.data.keys.length &&
    new Set(keys.map(({ id }) => id)).size === keys.length;
  return isWhole ? keys : null;
}
