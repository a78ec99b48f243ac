/** Values of DER (X.690), as far as certificates need them. */

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

type Bytes = Uint8Array<ArrayBuffer>;

/** Several values in their order. */
export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return tagged(SEQUENCE, ...parts);
}

/** Several values without an order. */
export function setOf(...parts: readonly Uint8Array[]): Bytes {
  return tagged(SET, ...parts);
}

/** A whole number that is not negative, from its big-endian bytes. */
export function integer(...bytes: readonly number[]): Bytes {
  return tagged(INTEGER, Uint8Array.from((bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : bytes));
}

/** Yes; no is left out where a default stands. */
export function yes(): Bytes {
  return tagged(BOOLEAN, Uint8Array.of(0xff));
}

/** Bytes that are kept as bits. */
export function bits(bytes: Uint8Array): Bytes {
  return tagged(BIT_STRING, Uint8Array.of(0), bytes);
}

/** Bytes that are kept as they are. */
export function octets(bytes: Uint8Array): Bytes {
  return tagged(OCTET_STRING, bytes);
}

/** An object identifier from its encoded bytes. */
export function objectId(...bytes: readonly number[]): Bytes {
  return tagged(OBJECT_ID, Uint8Array.from(bytes));
}

/** Text of any letters. */
export function utf8(text: string): Bytes {
  return tagged(UTF8_STRING, new TextEncoder().encode(text));
}

/** A moment as `YYMMDDhhmmssZ`. */
export function utcTime(text: string): Bytes {
  return tagged(UTC_TIME, new TextEncoder().encode(text));
}

/** One value: its tag, its length in as few bytes as may be, its contents. */
export function tagged(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((size, part) => size + part.length, 0);
  const sizes = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  const all = new Uint8Array(1 + sizes.length + length);
  all.set([tag, ...sizes]);
  let offset = 1 + sizes.length;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
