import { Buffer } from "node:buffer";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** Where a browser is, as far as a passkey is concerned. */
export interface SoftPlace {
  origin: string;
  rpId: string;
}

/** What a test may do wrong on purpose. */
export interface SoftFaults {
  /** Clears the flag that the person was verified. */
  unverified?: boolean;
  /** Of the answer in place of the passkey's own. */
  counter?: number;
  userHandle?: string | null;
  /** Of the client data. */
  type?: string;
  challenge?: string;
}

/** A passkey in software, which does as it is told: for answers that no real one would give. */
export class SoftPasskey {
  readonly id = randomBytes(32).toString("base64url");
  readonly #key: KeyObject;
  readonly #x: Buffer;
  readonly #y: Buffer;
  #counter = 0;
  userHandle: string | null = null;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#key = privateKey;
    this.#x = Buffer.from(x, "base64url");
    this.#y = Buffer.from(y, "base64url");
  }

  /** Answers to a question for a new passkey. */
  register(options: unknown, place: SoftPlace, faults: SoftFaults = {}): string {
    const { challenge, user } = options as { challenge: string; user: { id: string } };
    this.userHandle = user.id;
    const id = Buffer.from(this.id, "base64url");
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const authData = Buffer.concat([
      this.#authData(place, faults, 0x40),
      Buffer.alloc(16),
      length,
      id,
      this.#cose(),
    ]);
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      text("fmt"),
      text("none"),
      text("attStmt"),
      Buffer.from([0xa0]),
      text("authData"),
      bytes(authData),
    ]);
    return this.#answer({
      clientDataJSON: clientData("webauthn.create", challenge, place, faults).toString("base64url"),
      attestationObject: attestation.toString("base64url"),
      transports: ["internal"],
    });
  }

  /** Answers to a question for a passkey that is known. */
  answer(options: unknown, place: SoftPlace, faults: SoftFaults = {}): string {
    const { challenge } = options as { challenge: string };
    this.#counter++;
    const client = clientData("webauthn.get", challenge, place, faults);
    const authData = this.#authData(place, faults, 0);
    const signed = Buffer.concat([authData, sha256(client)]);
    const userHandle = faults.userHandle === undefined ? this.userHandle : faults.userHandle;
    return this.#answer({
      clientDataJSON: client.toString("base64url"),
      authenticatorData: authData.toString("base64url"),
      signature: sign("sha256", signed, this.#key).toString("base64url"),
      ...(userHandle !== null && { userHandle }),
    });
  }

  #answer(response: Record<string, unknown>): string {
    return JSON.stringify({
      id: this.id,
      rawId: this.id,
      type: "public-key",
      response,
      clientExtensionResults: {},
    });
  }

  #authData({ rpId }: SoftPlace, { unverified, counter = this.#counter }: SoftFaults, flags: number): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([
      sha256(rpId),
      Buffer.from([flags | 0x01 | (unverified === true ? 0 : 0x04)]),
      count,
    ]);
  }

  /** {1: 2, 3: -7, -1: 1, -2: x, -3: y} */
  #cose(): Buffer {
    return Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      bytes(this.#x),
      Buffer.from([0x22]),
      bytes(this.#y),
    ]);
  }
}

function clientData(type: string, challenge: string, { origin }: SoftPlace, faults: SoftFaults): Buffer {
  return Buffer.from(JSON.stringify({
    type: faults.type ?? type,
    challenge: faults.challenge ?? challenge,
    origin,
    crossOrigin: false,
  }));
}

function sha256(content: string | Buffer): Buffer {
  return createHash("sha256").update(content).digest();
}

function text(said: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | said.length]), Buffer.from(said)]);
}

function bytes(content: Buffer): Buffer {
  if (content.length < 256) return Buffer.concat([Buffer.from([0x58, content.length]), content]);
  return Buffer.concat([Buffer.from([0x59, content.length >> 8, content.length & 0xff]), content]);
}
