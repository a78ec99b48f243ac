import { Buffer } from "node:buffer";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { fromBase64Url, toBase64Url } from "@/shared/crypto/mod.ts";

/** Where a passkey is used: browsers bind it to the name of the host. */
export interface PasskeyPlace {
  /** `https://isp.example`, of our own pages. */
  origin: string;
  /** Name of the host. */
  rpId: string;
}

/** What a browser asks the passkey, in JSON, and what the passkey has to sign. */
export interface PasskeyQuestion {
  options: unknown;
  challenge: string;
}

/** A passkey that we know. */
export interface KnownPasskey {
  credentialId: string;
  publicKey: Uint8Array;
  counter: bigint;
  transports: readonly string[];
}

const TIMEOUT_MS = 120_000;
const ANSWER_MAX = 20_000;

/** Asks for a new passkey that can sign in by itself; those that the person has are not taken twice. */
export async function askForNewPasskey(
  { rpId }: Pick<PasskeyPlace, "rpId">,
  person: { id: string; email: string; name: string; company: string },
  known: readonly Pick<KnownPasskey, "credentialId" | "transports">[],
): Promise<PasskeyQuestion> {
  const options = await generateRegistrationOptions({
    rpName: person.company,
    rpID: rpId,
    userName: person.email,
    userDisplayName: person.name,
    userID: handleOf(person.id),
    timeout: TIMEOUT_MS,
    attestationType: "none",
    excludeCredentials: known.map(credentialOf),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { options, challenge: options.challenge };
}

/** Asks for one of these passkeys; for any one of the host where none is named. */
export async function askForPasskey(
  { rpId }: Pick<PasskeyPlace, "rpId">,
  known: readonly Pick<KnownPasskey, "credentialId" | "transports">[],
): Promise<PasskeyQuestion> {
  const options = await generateAuthenticationOptions({
    rpID: rpId,
    timeout: TIMEOUT_MS,
    userVerification: "required",
    allowCredentials: known.map(credentialOf),
  });
  return { options, challenge: options.challenge };
}

/** The new passkey that a browser answered with; null when the answer is not right in every respect. */
export async function readNewPasskey(
  answer: string,
  { challenge, place }: { challenge: string; place: PasskeyPlace },
): Promise<KnownPasskey | null> {
  const response = parseAnswer(answer, ["clientDataJSON", "attestationObject"]);
  if (response === null) return null;
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
    });
    if (!verified) return null;
    const { credential } = registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: credential.publicKey,
      counter: BigInt(credential.counter),
      transports: transportsOf(credential.transports),
    };
  } catch (error) {
    // The library throws for every kind of wrong answer, and for nothing else: it does no input or output here.
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Of which passkey an answer says it is, and of which person; null when it is none. It proves nothing yet. */
export function passkeyNamed(answer: string): { credentialId: string; personId: string | null } | null {
  const read = parseAnswer(answer, ["clientDataJSON", "authenticatorData", "signature"]);
  if (read === null) return null;
  const handle = read.response.userHandle;
  return { credentialId: read.id, personId: typeof handle === "string" ? personOf(handle) : null };
}

/**
 * The new counter of a passkey when its answer is right: signed by it, for this challenge, this page and this host, with
 * the person verified, and no copy that is behind. Null for every other.
 */
export async function verifyPasskey(
  answer: string,
  known: KnownPasskey,
  { challenge, place }: { challenge: string; place: PasskeyPlace },
): Promise<bigint | null> {
  const response = parseAnswer(answer, ["clientDataJSON", "authenticatorData", "signature"]);
  if (response === null || response.id !== known.credentialId) return null;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
      credential: {
        id: known.credentialId,
        publicKey: new Uint8Array(known.publicKey),
        counter: Number(known.counter),
      },
    });
    return verified ? BigInt(authenticationInfo.newCounter) : null;
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

type Answer = { id: string; response: Record<string, unknown> };

function parseAnswer(answer: string, parts: readonly string[]): Answer | null {
  if (answer.length > ANSWER_MAX) return null;
  let read: unknown;
  try {
    read = JSON.parse(answer);
  } catch {
    return null;
  }
  if (!isRecord(read) || !isRecord(read.response)) return null;
  const { id, rawId, type, response } = read;
  if (typeof id !== "string" || !/^[\w-]{1,1400}$/.test(id) || rawId !== id || type !== "public-key") {
    return null;
  }
  if (parts.some((part) => typeof response[part] !== "string")) return null;
  return { ...read, clientExtensionResults: {}, id, response } as Answer;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function credentialOf({ credentialId, transports }: Pick<KnownPasskey, "credentialId" | "transports">) {
  return { id: credentialId, transports: transportsOf(transports) };
}

/** How a browser reaches a passkey; what it says is its own word, and only known ones are kept. */
function transportsOf(said: readonly unknown[] | undefined) {
  const known = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const;
  return known.filter((transport) => said?.includes(transport));
}

/** The id of a person as passkeys keep it: the bytes of the uuid. */
function handleOf(personId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(personId.replaceAll("-", ""), "hex"));
}

function personOf(handle: string): string | null {
  const bytes = fromBase64Url(handle);
  if (bytes === null || bytes.length !== 16 || toBase64Url(bytes) !== handle) return null;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
