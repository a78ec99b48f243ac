/**
 * A UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits, so that ids made later sort later and
 * land at the end of an index. Within one millisecond the order is random.
 *
 * @param nowMs milliseconds since 1970 in UTC, from the injected clock
 */
export function uuidv7(nowMs: number): string {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs >= 2 ** 48) {
    throw new RangeError(`Cannot make id: time ${nowMs} ms is outside the range of a UUID version 7`);
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint16(0, Math.floor(nowMs / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, nowMs % 2 ** 32);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toHex();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
