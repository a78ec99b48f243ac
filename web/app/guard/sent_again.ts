import type { Proof } from "@/web/services/access/confirm_identity.ts";
import type { RawInput } from "@/web/app/state.ts";

/** Fields by which a form that waited brings along the proof of who sends it, and the way that each is looked at. */
const PROOF_FIELDS: Readonly<Record<string, Proof["way"]>> = { _password: "password" };

/** Never sent back to a browser. */
const SECRET = /pass|secret|token|otp|pin$|^code$|^_/i;
/** More than any form of ours has; the form of a list whose ticked rows are sent has one field for each. */
const FIELDS_MAX = 1_200;
const TEXT_MAX = 100_000;
const ANSWER_MAX = 400;

/** A proof is taken out of what was sent, so that it reaches no handler and no page. */
export function takeProof(values: unknown): { values: unknown; proof: Proof | null } {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return { values, proof: null };
  const rest: Record<string, unknown> = Object.create(null);
  let proof: Proof | null = null;
  for (const [name, value] of Object.entries(values)) {
    const way = Object.hasOwn(PROOF_FIELDS, name) ? PROOF_FIELDS[name] : undefined;
    if (way === undefined) rest[name] = value;
    else if (typeof value === "string" && value !== "" && value.length <= ANSWER_MAX) {
      proof = { way, answer: value };
    }
  }
  return { values: rest, proof };
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
