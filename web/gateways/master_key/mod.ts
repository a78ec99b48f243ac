import { randomBytes } from "@/shared/crypto/mod.ts";
import { fromBase64Url, toBase64Url } from "@/shared/crypto/mod.ts";
import { createPrivateFile, replacePrivateFile } from "../durable_file/mod.ts";
import { formatKeyFile, makeMasterKey, type MasterKey, parseKeyFile } from "./key_list.ts";

export type { MasterKey } from "./key_list.ts";

const IV_BYTES = 12;

/** A tenant's data key as it is stored. */
export interface WrappedKey {
  kekId: string;
  /** base64url of IV and ciphertext. */
  wrapped: string;
}

/** A data key in clear, or why there is none: its master key is not here, or it was changed or is another tenant's. */
export type Unwrapped =
  | { ok: true; key: Uint8Array<ArrayBuffer> }
  | { ok: false; problem: "unknown_key" | "damaged" };

/**
 * The installation's keys. They wrap the data key of each tenant and never leave this object. All web nodes share one
 * file, or are told the same keys; a node that meets a key id that it does not know reads the file again, so that the
 * keys may be changed while it runs.
 */
export class MasterKeys {
  #keys: readonly MasterKey[];
  readonly #path: string | null;

  /** @param path of their file; null when they were told by the environment */
  constructor(keys: readonly MasterKey[], path: string | null = null) {
    if (keys.length === 0) throw new Error("Cannot use master keys: there is none");
    this.#keys = keys;
    this.#path = path;
  }

  /** Ids, the current one first. */
  get ids(): readonly string[] {
    return this.#keys.map(({ id }) => id);
  }

  /** Whether they stand in a file, which a rotation may change. */
  get areInFile(): boolean {
    return this.#path !== null;
  }

  /** Wraps a data key for a tenant with the current key, as the file has it now. */
  async wrap(tenantId: string, key: Uint8Array<ArrayBuffer>): Promise<WrappedKey> {
    await this.reload();
    const [current] = this.#keys as [MasterKey];
    const iv = randomBytes(IV_BYTES);
    const ciphertext = await crypto.subtle.encrypt(
      gcm(iv, bindingOf(current.id, tenantId)),
      await importKey(current.key),
      key,
    );
    return {
      kekId: current.id,
      wrapped: toBase64Url(new Uint8Array([...iv, ...new Uint8Array(ciphertext)])),
    };
  }

  /** Takes the wrapping off; of another tenant's key it comes off as little as of a changed one. */
  async unwrap(tenantId: string, { kekId, wrapped }: WrappedKey): Promise<Unwrapped> {
    if (this.#find(kekId) === undefined) await this.reload();
    const master = this.#find(kekId);
    if (master === undefined) return { ok: false, problem: "unknown_key" };
    const bytes = fromBase64Url(wrapped);
    if (bytes === null || bytes.length <= IV_BYTES) return { ok: false, problem: "damaged" };
    try {
      const key = await crypto.subtle.decrypt(
        gcm(bytes.slice(0, IV_BYTES), bindingOf(kekId, tenantId)),
        await importKey(master.key),
        bytes.slice(IV_BYTES),
      );
      return { ok: true, key: new Uint8Array(key) };
    } catch (error) {
      if (error instanceof DOMException) return { ok: false, problem: "damaged" };
      throw error;
    }
  }

  /** Reads the file again. */
  async reload(): Promise<void> {
    if (this.#path !== null) this.#keys = await readKeyFile(this.#path);
  }

  /**
   * Makes the key that everything is to be wrapped with. A file with several keys is a rotation that did not come to its
   * end: it is gone on with. From the environment the first one is taken. Callers see to it that one works at a time.
   */
  async beginRotation(): Promise<{ kekId: string; isNew: boolean }> {
    await this.reload();
    const [current] = this.#keys as [MasterKey];
    if (this.#path === null || this.#keys.length > 1) return { kekId: current.id, isNew: false };
    const added = makeMasterKey();
    await this.#write(this.#path, [added, ...this.#keys]);
    return { kekId: added.id, isNew: true };
  }

  /** Takes keys out of the file for good. */
  async drop(ids: readonly string[]): Promise<void> {
    if (this.#path === null || ids.length === 0) return;
    await this.reload();
    const [current, ...others] = this.#keys as [MasterKey, ...MasterKey[]];
    await this.#write(this.#path, [current, ...others.filter(({ id }) => !ids.includes(id))]);
  }

  async #write(path: string, keys: readonly MasterKey[]): Promise<void> {
    try {
      await replacePrivateFile(path, formatKeyFile(keys));
    } catch (error) {
      throw new Error(`Cannot write master keys: "${path}" is not writable`, { cause: error });
    }
    this.#keys = keys;
  }

  #find(kekId: string): MasterKey | undefined {
    return this.#keys.find(({ id }) => id === kekId);
  }
}

/**
 * Reads the keys of a file, or makes one at the first start: a file that only its owner can read. One that is damaged or
 * cannot be read is an error and never a reason for new keys: what was sealed with the old ones would be lost.
 */
export async function loadMasterKeys(path: string): Promise<MasterKeys> {
  if (!await isThere(path)) await createKeyFile(path);
  return new MasterKeys(await readKeyFile(path), path);
}

/** The keys of a file that is there; null where there is none. For what looks and must not make one. */
export async function findMasterKeys(path: string): Promise<MasterKeys | null> {
  return await isThere(path) ? new MasterKeys(await readKeyFile(path), path) : null;
}

async function createKeyFile(path: string): Promise<void> {
  try {
    await createPrivateFile(path, formatKeyFile([makeMasterKey()]));
  } catch (error) {
    throw new Error(`Cannot write master keys: "${path}" is not writable`, { cause: error });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new Error(`Cannot read master keys: "${path}" is not readable`, { cause: error });
  }
}

async function readKeyFile(path: string): Promise<MasterKey[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`Cannot read master keys: "${path}" is not readable`, { cause: error });
  }
  const keys = parseKeyFile(text);
  if (keys === null) {
    throw new Error(`Cannot read master keys: "${path}" is damaged, restore it from a backup`);
  }
  return keys;
}

function bindingOf(kekId: string, tenantId: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`v1|kek|${kekId}|${tenantId}`);
}

function gcm(iv: Uint8Array<ArrayBuffer>, additionalData: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData };
}

async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}
