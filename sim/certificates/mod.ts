import { bits, integer, objectId, octets, sequence, setOf, tagged, utcTime, utf8, yes } from "./der.ts";

/** A certificate and its key as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** One that was signed by itself, and what a client pins. */
export interface SelfSigned extends Certificate {
  /** SHA-256 of the certificate in hexadecimal. */
  fingerprint: string;
}

/** What a certificate of an authority says. */
export interface Issued {
  /** Host names and IPv4 addresses that it is good for. */
  names: readonly string[];
  /** @default false */
  isExpired?: boolean;
}

/** Signs certificates that whoever trusts it accepts. */
export interface Authority {
  /** Its own certificate as PEM: what a client has to trust. */
  cert: string;
  issue(issued: Issued): Promise<Certificate>;
}

const ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2_048,
  publicExponent: Uint8Array.of(1, 0, 1),
} as const;

/** A certificate as a person makes one on a router: signed by itself, and marked as an authority. */
export async function makeSelfSigned(commonName: string): Promise<SelfSigned> {
  const { pair, cert } = await makeRoot(commonName);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", cert));
  return { cert: pem("CERTIFICATE", cert), key: await keyOf(pair), fingerprint: digest.toHex() };
}

/** An authority of its own, made anew: nobody trusts it but who is told to. */
export async function makeAuthority(commonName: string): Promise<Authority> {
  const root = await makeRoot(commonName);
  return {
    cert: pem("CERTIFICATE", root.cert),
    issue: async ({ names, isExpired = false }) => {
      const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const cert = await sign(root.pair, {
        subject: names[0] ?? "",
        issuer: commonName,
        lastDay: isExpired ? "210101" : LAST_DAY,
        publicKey: pair.publicKey,
        extension: goodFor(names),
      });
      return { cert: pem("CERTIFICATE", cert), key: await keyOf(pair) };
    },
  };
}

const LAST_DAY = "491231";
/** 1.2.840.113549.1.1.11, without parameters. */
const SHA256_WITH_RSA = sequence(
  objectId(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b),
  Uint8Array.of(0x05, 0),
);
/** 2.5.4.3 */
const COMMON_NAME = objectId(0x55, 0x04, 0x03);
/** 2.5.29.19, critical: this is an authority. */
const IS_AUTHORITY = sequence(objectId(0x55, 0x1d, 0x13), yes(), octets(sequence(yes())));
/** 2.5.29.17 */
const SUBJECT_NAMES = objectId(0x55, 0x1d, 0x11);
const VERSION_TAG = 0xa0;
const EXTENSIONS_TAG = 0xa3;
const HOST_NAME_TAG = 0x82;
const ADDRESS_TAG = 0x87;

interface ToBeSigned {
  subject: string;
  issuer: string;
  /** `YYMMDD` */
  lastDay: string;
  publicKey: CryptoKey;
  extension: Uint8Array;
}

async function makeRoot(commonName: string): Promise<{ pair: CryptoKeyPair; cert: Uint8Array<ArrayBuffer> }> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const cert = await sign(pair, {
    subject: commonName,
    issuer: commonName,
    lastDay: LAST_DAY,
    publicKey: pair.publicKey,
    extension: IS_AUTHORITY,
  });
  return { pair, cert };
}

async function sign(by: CryptoKeyPair, wanted: ToBeSigned): Promise<Uint8Array<ArrayBuffer>> {
  const content = sequence(
    tagged(VERSION_TAG, integer(2)),
    integer(1, ...crypto.getRandomValues(new Uint8Array(8))),
    SHA256_WITH_RSA,
    nameOf(wanted.issuer),
    sequence(utcTime("200101000000Z"), utcTime(`${wanted.lastDay}235959Z`)),
    nameOf(wanted.subject),
    new Uint8Array(await crypto.subtle.exportKey("spki", wanted.publicKey)),
    tagged(EXTENSIONS_TAG, sequence(wanted.extension)),
  );
  const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM.name, by.privateKey, content));
  return sequence(content, SHA256_WITH_RSA, bits(signature));
}

function nameOf(commonName: string): Uint8Array {
  return sequence(setOf(sequence(COMMON_NAME, utf8(commonName))));
}

function goodFor(names: readonly string[]): Uint8Array {
  const values = names.map((name) =>
    /^\d+(\.\d+){3}$/.test(name)
      ? tagged(ADDRESS_TAG, Uint8Array.from(name.split("."), Number))
      : tagged(HOST_NAME_TAG, new TextEncoder().encode(name))
  );
  return sequence(SUBJECT_NAMES, octets(sequence(...values)));
}

async function keyOf(pair: CryptoKeyPair): Promise<string> {
  return pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
