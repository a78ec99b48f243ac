/** A certificate and its key as PEM, and what a client pins. */
export interface SelfSigned {
  cert: string;
  key: string;
  /** SHA-256 of the certificate in hexadecimal. */
  fingerprint: string;
}

const ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2_048,
  publicExponent: Uint8Array.of(1, 0, 1),
} as const;

/** A certificate as a person makes one on a router: signed by itself, and marked as an authority. */
export async function makeSelfSigned(commonName: string): Promise<SelfSigned> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  const signed = toBeSigned(commonName, publicKey);
  const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM.name, keys.privateKey, signed));
  const cert = sequence(signed, SHA256_WITH_RSA, tagged(BIT_STRING, Uint8Array.of(0), signature));
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", cert));
  return {
    cert: pem("CERTIFICATE", cert),
    key: pem("PRIVATE KEY", key),
    fingerprint: digest.toHex(),
  };
}

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION_TAG = 0xa0;
const EXTENSIONS_TAG = 0xa3;

const text = (value: string) => new TextEncoder().encode(value);
const TRUE = tagged(BOOLEAN, Uint8Array.of(0xff));
/** 1.2.840.113549.1.1.11, without parameters. */
const SHA256_WITH_RSA = sequence(
  tagged(OBJECT_ID, Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b)),
  Uint8Array.of(0x05, 0),
);
/** 2.5.4.3, the common name. */
const COMMON_NAME = tagged(OBJECT_ID, Uint8Array.of(0x55, 0x04, 0x03));
/** 2.5.29.19, critical: this is an authority. */
const IS_AUTHORITY = sequence(
  tagged(OBJECT_ID, Uint8Array.of(0x55, 0x1d, 0x13)),
  TRUE,
  tagged(OCTET_STRING, sequence(TRUE)),
);

function toBeSigned(commonName: string, publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = sequence(tagged(SET, sequence(COMMON_NAME, tagged(UTF8_STRING, text(commonName)))));
  const validity = sequence(tagged(UTC_TIME, text("200101000000Z")), tagged(UTC_TIME, text("491231235959Z")));
  return sequence(
    tagged(VERSION_TAG, tagged(INTEGER, Uint8Array.of(2))),
    tagged(INTEGER, Uint8Array.of(1)),
    SHA256_WITH_RSA,
    name,
    validity,
    name,
    publicKey,
    tagged(EXTENSIONS_TAG, sequence(IS_AUTHORITY)),
  );
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return tagged(SEQUENCE, ...parts);
}

/** One value of DER: its tag, its length in as few bytes as may be, its contents. */
function tagged(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
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

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
