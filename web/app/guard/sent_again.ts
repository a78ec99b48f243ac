import type { Proof } from "@/web/services/access/confirm_identity.ts";
import type { RawInput } from "@/web/app/state.ts";

/**
 * Fields by which a form that waited brings along the proof of who sends it, the way that each is looked at, and how long
 * it may be. Of several the first counts: a password is filled in by browsers without being asked.
 */
const PROOF_FIELDS = [
  ["_passkey", "passkey", 20_000],
  ["_code", "code", 60],
  ["_password", "password", 400],
] as const satisfies readonly (readonly [field: string, way: Proof["way"], max: number])[];

/** Never sent back to a browser. */
const SECRET = /pass|secret|token|otp|pin$|^code$|^_/i;
/** More than any form of ours has; the form of a list whose ticked rows are sent has one field for each. */
const FIELDS_MAX = 1_200;
const TEXT_MAX = 100_000;

/** A proof is taken out of what was sent, so that it reaches no handler and no page. */
export function takeProof(values: unknown): { values: unknown; proof: Proof | null } {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return { values, proof: null };
  const rest: Record<string, unknown> = Object.create(null);
  const given = new Map<string, unknown>();
  for (const [name, value] of Object.entries(values)) {
    if (PROOF_FIELDS.some(([field]) => field === name)) given.set(name, value);
    else rest[name] = value;
  }
  for (const [field, way, max] of PROOF_FIELDS) {
    const answer = given.get(field);
    if (typeof answer === "string" && answer.trim() !== "" && answer.length <= max) {
      return { values: rest, proof: { way, answer } };
    }
  }
  return { values: rest, proof: null };
}

/**
 * What was sent, to be sent again as it is; null where that cannot be: it has a secret, which goes back to no browser, or
 * more than a page should hold.
 */
export function sentAgain(values: RawInput): [name: string, value: string][] | null {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each])
  );
  const hasSecret = pairs.some(([name, value]) => value !== "" && SECRET.test(name));
  const length = pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (hasSecret || pairs.length > FIELDS_MAX || length > TEXT_MAX) return null;
  return pairs.filter(([name]) => !SECRET.test(name));
}
