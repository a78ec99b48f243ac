import { Secret, TOTP } from "otpauth";
import { timingSafeEqual } from "@/shared/crypto/mod.ts";

const STEP_SECONDS = 30;
/** What every app of this kind can do: six digits of SHA-1, a new one each half minute. */
const SETTINGS = { algorithm: "SHA1", digits: 6, period: STEP_SECONDS } as const;
const SECRET_BYTES = 20;

/** A new secret, in base32 as people type it into an app. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The address that an app reads from a QR code. */
export function totpAddress(
  secret: string,
  { issuer, account }: { issuer: string; account: string },
): string {
  // Apps cut at a colon what stands before it.
  const plain = issuer.replaceAll(":", " ").trim() || "Linya";
  return new TOTP({ ...SETTINGS, issuer: plain, label: account, secret: Secret.fromBase32(secret) })
    .toString();
}

/**
 * The half minutes of which this is the code, of the present one and those beside it: clocks of phones are not quite
 * right. Mostly one or none; each is to be taken once.
 */
export function matchingSteps(secret: string, code: string, now: Temporal.Instant): bigint[] {
  const totp = new TOTP({ ...SETTINGS, secret: Secret.fromBase32(secret) });
  const present = Math.floor(now.epochMilliseconds / 1000 / STEP_SECONDS);
  const typed = new TextEncoder().encode(code);
  return [present - 1, present, present + 1].filter((step) => {
    const right = totp.generate({ timestamp: step * STEP_SECONDS * 1000 });
    return timingSafeEqual(new TextEncoder().encode(right), typed);
  }).map(BigInt);
}
