import type { AccountChange } from "@/shared/codes/access.ts";
import { coded } from "@/shared/codes/mod.ts";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { toCrockford } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type FactorKind, RECOVERY_CODES } from "@/web/domain/access/second_factor.ts";
import {
  type FactorRows,
  findFactors,
  lockFactors,
  proveSession,
  replaceRecoveryCodes,
} from "@/web/store/access/factors.ts";
import { endSessionsOf } from "@/web/store/access/sessions.ts";
import { announceSessionEnded } from "@/web/store/live/live_topics.ts";
import { recordAudit } from "../../audit.ts";
import { type Actor, originOf, type ServiceContext } from "../../context.ts";
import { runUseCase, type UseCase } from "../../use_case.ts";
import type { StaffSession } from "../session.ts";
import { tellOfAccountChange } from "../tell_of_account_change.ts";
import { recoveryHash } from "./verify_factor.ts";

/** Whoever changes their own factors, in the session in which they do. */
export type FactorPerson = Pick<
  StaffSession,
  "tenantId" | "staffUserId" | "sessionId" | "staffName" | "email"
>;

/** A factor that was added; the first one brings recovery codes along, which are shown this once. */
export interface AddedFactor {
  codes: string[] | null;
}

/** A change of one's own factors, under a lock that two sessions of one person take turns for. */
export interface OwnChange extends UseCase {
  before: FactorRows;
  /** Tells the person of it, and writes it down; last in the transaction. */
  note(
    what: AccountChange,
    action: string,
    summary: Parameters<typeof recordAudit>[2]["summary"],
  ): Promise<void>;
}

/** Runs a change of one's own factors. */
export async function changeOwn<T, C extends string>(
  context: ServiceContext,
  actor: Actor,
  { tenantId, staffUserId }: FactorPerson,
  body: (change: OwnChange) => Promise<Result<T, C>>,
): Promise<Result<T, C>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    await lockFactors(trx, staffUserId);
    const before = await findFactors(trx, staffUserId);
    return await body({
      ...useCase,
      before,
      note: async (what, action, summary) => {
        await tellOfAccountChange(trx, { staffUserId, what, by: null, place: originOf(actor).ip, at });
        await recordAudit(trx, actor, {
          action,
          subjectKind: "staff",
          subjectId: staffUserId,
          summary,
          at,
          businessOn: business.today,
        });
      },
    });
  });
}

/**
 * Whoever adds a factor has it in hand: this session stays open. Those that were opened without one are over with the
 * first: here for good, at other companies by what a session is worth (`standingOf`).
 */
export async function added(
  change: OwnChange,
  person: FactorPerson,
  kind: Exclude<FactorKind, "recovery_code">,
  name: string,
): Promise<AddedFactor> {
  const { trx, at, before } = change;
  await proveSession(trx, person.sessionId, at);
  const { codesLeft } = before;
  if (before.appSince === null && before.passkeys.length === 0) {
    const ended = await endSessionsOf(trx, person.staffUserId, at, person.sessionId);
    for (const sessionId of ended) announceSessionEnded(trx, sessionId);
  }
  const codes = codesLeft > 0 ? null : await newCodes(change, person.staffUserId);
  await change.note(`${kind}_added`, "staff.factor_added", coded("audit_factor_added", { kind, name }));
  return { codes };
}

async function newCodes({ trx, at }: UseCase, staffUserId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => toCrockford(randomBytes(16)));
  const hashes = await Promise.all(codes.map((code) => recoveryHash(staffUserId, code)));
  await replaceRecoveryCodes(trx, staffUserId, { hashes, at });
  return codes;
}

/** New recovery codes; those of before are worthless. Null for somebody without a factor: there is nothing to recover. */
export async function makeRecoveryCodes(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
): Promise<Result<{ codes: string[] }, "factor_gone">> {
  return await changeOwn(context, actor, person, async (change) => {
    const { before, note } = change;
    if (before.appSince === null && before.passkeys.length === 0) return err("factor_gone");
    const codes = await newCodes(change, person.staffUserId);
    await note(
      "recovery_codes",
      "staff.recovery_codes_made",
      coded("audit_recovery_codes", { count: codes.length }),
    );
    return ok({ codes });
  });
}
