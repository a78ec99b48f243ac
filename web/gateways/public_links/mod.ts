import { fromBase64Url, hmacSha256, timingSafeEqual, toBase64Url } from "@/shared/crypto/mod.ts";

/** A bill as its address names it. */
export interface LinkedBill {
  id: string;
  /** Counts up when the address is taken back. */
  link_generation: number;
}

/** Bytes of the signature: guessing one takes 2^63 tries, each of which is answered alike. */
const MAC_BYTES = 8;
const UUID_BYTES = 16;

/**
 * Addresses that need no sign-in (rule R24): nobody can make one without the key of the installation. They are the same each
 * time, so that a statement that is made again is the same file, and nothing of them is stored.
 */
export class PublicLinks {
  readonly #secret: Uint8Array<ArrayBuffer>;
  readonly #publicUrl: string;

  /** @param publicUrl without a slash at the end */
  constructor({ secret, publicUrl }: { secret: Uint8Array<ArrayBuffer>; publicUrl: string }) {
    this.#secret = secret;
    this.#publicUrl = publicUrl;
  }

  /** A path as the address that people use. */
  addressOf(path: string): string {
    return this.#publicUrl + path;
  }

  /** `https://isp.example/b/…`: the page of a bill. */
  async billAddress(bill: LinkedBill): Promise<string> {
    const mac = await this.#mac(`bill|${bill.id}|${bill.link_generation}`);
    return `${this.#publicUrl}/b/${toBase64Url(new Uint8Array([...bytesOf(bill.id), ...mac]))}`;
  }

  /** The bill that a token of its address speaks of; whether it was signed is for {@linkcode isBillToken}. */
  billIdOf(token: string): string | null {
    const bytes = fromBase64Url(token);
    return bytes?.length === UUID_BYTES + MAC_BYTES ? uuidOf(bytes.subarray(0, UUID_BYTES)) : null;
  }

  /** Whether this token is the present address of the bill. */
  async isBillToken(token: string, bill: LinkedBill): Promise<boolean> {
    const bytes = fromBase64Url(token);
    if (bytes === null) return false;
    return timingSafeEqual(
      bytes.subarray(UUID_BYTES),
      await this.#mac(`bill|${bill.id}|${bill.link_generation}`),
    );
  }

  /** `https://isp.example/m/…`: where a subscriber says which mails they want. */
  async mailAddress(tenantId: string, subscriberId: string): Promise<string> {
    const mac = await this.#mac(`mail|${tenantId}|${subscriberId}`);
    const bytes = new Uint8Array([...bytesOf(tenantId), ...bytesOf(subscriberId), ...mac]);
    return `${this.#publicUrl}/m/${toBase64Url(bytes)}`;
  }

  /** Whose mails a token of such an address is about; null where it was not signed here. */
  async readMailToken(token: string): Promise<{ tenantId: string; subscriberId: string } | null> {
    const bytes = fromBase64Url(token);
    if (bytes?.length !== 2 * UUID_BYTES + MAC_BYTES) return null;
    const tenantId = uuidOf(bytes.subarray(0, UUID_BYTES));
    const subscriberId = uuidOf(bytes.subarray(UUID_BYTES, 2 * UUID_BYTES));
    const mac = await this.#mac(`mail|${tenantId}|${subscriberId}`);
    return timingSafeEqual(bytes.subarray(2 * UUID_BYTES), mac) ? { tenantId, subscriberId } : null;
  }

  async #mac(about: string): Promise<Uint8Array> {
    return (await hmacSha256(this.#secret, `public_link|${about}`)).subarray(0, MAC_BYTES);
  }
}

function bytesOf(uuid: string): Uint8Array {
  return Uint8Array.fromHex(uuid.replaceAll("-", ""));
}

function uuidOf(bytes: Uint8Array): string {
  const hex = bytes.toHex();
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join("-");
}
