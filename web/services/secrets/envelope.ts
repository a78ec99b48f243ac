import { fromBase64Url, randomBytes, toBase64Url } from "@/shared/crypto/mod.ts";
import type { WrappedKey } from "@/web/gateways/master_key/mod.ts";

/** Where a sealed text stands; it opens nowhere else. */
export interface Place {
  table: string;
  column: string;
  rowId: string;
}

/** `v1.<kek id>.<wrapped data key>.<iv>.<ciphertext>`, read. */
export interface Envelope extends WrappedKey {
  iv: Uint8Array<ArrayBuffer>;
  ciphertext: Uint8Array<ArrayBuffer>;
}

const IV_BYTES = 12;

/** Seals bytes with a data key, bound to tenant and place. */
export async function encryptAt(
  tenantId: string,
  place: Place,
  { key, clear }: { key: Uint8Array<ArrayBuffer>; clear: string },
): Promise<Pick<Envelope, "iv" | "ciphertext">> {
  const iv = randomBytes(IV_BYTES);
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: bindingOf(tenantId, place) },
    await importKey(key),
    new TextEncoder().encode(clear),
  );
  return { iv, ciphertext: new Uint8Array(ciphertext) };
}

/** Null for another key, tenant or place, and for a changed text. */
export async function decryptAt(
  tenantId: string,
  place: Place,
  { key, iv, ciphertext }: { key: Uint8Array<ArrayBuffer> } & Pick<Envelope, "iv" | "ciphertext">,
): Promise<string | null> {
  try {
    const clear = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv, additionalData: bindingOf(tenantId, place) },
      await importKey(key),
      ciphertext,
    );
    return new TextDecoder("utf-8", { fatal: true }).decode(clear);
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return null;
    throw error;
  }
}

/** The text that is stored. */
export function formatEnvelope({ kekId, wrapped, iv, ciphertext }: Envelope): string {
  return ["v1", kekId, wrapped, toBase64Url(iv), toBase64Url(ciphertext)].join(".");
}

/** Reads a stored text; null when it is none. */
export function parseEnvelope(sealed: string): Envelope | null {
  const [version, kekId = "", wrapped = "", ivText = "", text = "", ...more] = sealed.split(".");
  const [iv, ciphertext] = [fromBase64Url(ivText), fromBase64Url(text)];
  if (version !== "v1" || more.length > 0 || kekId === "" || wrapped === "") return null;
  if (iv?.length !== IV_BYTES || ciphertext === null) return null;
  return { kekId, wrapped, iv, ciphertext };
}

/** None of the parts but the last, which ends it, may hold a bar. */
function bindingOf(tenantId: string, { table, column, rowId }: Place): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`v1|${tenantId}|${table}|${column}|${rowId}`);
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}
