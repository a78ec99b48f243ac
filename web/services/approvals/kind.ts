import { createHash } from "node:crypto";
import { z } from "zod";
import type { Coded, RefusalCode } from "@/shared/codes/mod.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { ApprovalKindId, DecideRule } from "@/web/domain/approvals/mod.ts";
import { isLimited, seeEverything, type TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { canonicalJson } from "../audit_hash.ts";
import type { UseCase } from "../use_case.ts";
import type { AskedSecrets } from "./asked_secrets.ts";

/** When something is looked at. A page has it as well as a use case. */
export interface ApprovalMoment {
  trx: TenantTransaction;
  tenant: TenantRow;
  /** Business day. */
  today: Temporal.PlainDate;
}

/** What an operation would do now, before it is done. */
export interface ApprovalPreview {
  /** What it is done to: kind and id as the audit log names them, and a name that people know it by. */
  subject: { kind: string; id: string; label: string };
  /** Puts it on a subscriber's page. */
  subscriberId: string | null;
  /** Site of the subject. Null with a subscriber: wherever they are seen; without one: the whole company's. */
  siteId: string | null;
  /** What it comes to, never below zero; null where it has no amount. Policies and limits of roles go by it. */
  amountCentavos: Centavos | null;
  /** How many connections it is about, for a kind that goes by that. @default null */
  count?: number | null;
  /** Nothing of it is what the policy is about: it is done at once, whoever asks. @default false */
  isFree?: boolean;
  /** What it does to money and to the router now, one sentence each. */
  effects: readonly Coded[];
  /** Hash of everything that whoever decides must have seen ({@linkcode seenOf}). */
  seen: string;
}

/** An operation that may need an approval. Each is listed once, in `registry.ts`. */
export interface ApprovalKind<Input extends object, Value, Code extends RefusalCode> {
  id: ApprovalKindId;
  /** Of the input's shape: a request that an earlier version froze in another shape cannot be carried out. */
  version: number;
  /** Reads the frozen input back: what `canonicalJson` makes of it becomes it again ({@linkcode frozenDate} and so on). */
  input: z.ZodType<Input>;
  /** What one needs to ask for it, or to do it where nobody must be asked. */
  askPermission: Permission;
  /** Who decides. */
  decide: DecideRule;
  /** Whether it comes to an amount, so that a policy may go by it. @default false */
  hasAmount?: boolean;
  /** Whether a policy may go by how many connections it is about. @default false */
  hasCount?: boolean;
  /** A subject has one request of this kind at a time. @default false */
  isOnePerSubject?: boolean;
  /** What is asked for, in sentences: of the frozen input alone. */
  words(input: Input): readonly Coded[];
  /** Locks what it is about, so that what is looked at stays so until it is done. Writes nothing. */
  lock?(useCase: UseCase, input: Input): Promise<void>;
  /** What it would do now, or why it cannot be done. */
  preview(moment: ApprovalMoment, input: Input): Promise<Result<ApprovalPreview, Code>>;
  /** Does it, and audits that as it is audited where nobody was asked. Refuses before its first write. */
  execute(useCase: UseCase, input: Input, secrets: AskedSecrets): Promise<Result<Value, Code>>;
  /** Writes what stays of an approval that could not be carried out; everything else of it was taken back. */
  refused?(useCase: UseCase, input: Input, code: string): Promise<void>;
  /** Marks the subject when somebody has asked, or has changed what they ask for. */
  asked?(useCase: UseCase, input: Input, reason: string): Promise<void>;
  /** Takes the mark away when it will not be done. */
  dropped?(
    useCase: UseCase,
    input: Input,
    closed: { state: "refused" | "cancelled"; note: string | null },
  ): Promise<void>;
}

/**
 * The look of a page. Whoever is limited to some sites reads of the effects what is theirs; what they have seen is the same
 * hash as everybody's, since it is carried out for the whole company.
 */
export async function previewFor<Input extends object, Value, Code extends RefusalCode>(
  moment: ApprovalMoment,
  kind: Pick<ApprovalKind<Input, Value, Code>, "preview">,
  input: Input,
): Promise<Result<ApprovalPreview, Code>> {
  const shown = await kind.preview(moment, input);
  if (!shown.ok || !isLimited(moment.trx)) return shown;
  const whole = await seeEverything(moment.trx, () => kind.preview(moment, input));
  return whole.ok ? ok({ ...shown.value, seen: whole.value.seen }) : whole;
}

/** Hash of what is looked at: amounts, dates and states, whatever must be as it was seen. */
export function seenOf(values: Readonly<Record<string, unknown>>): string {
  return createHash("sha256").update(canonicalJson(values)).digest("base64url").slice(0, 22);
}

/** An input as it is stored. */
export function freeze(input: object): object {
  return JSON.parse(canonicalJson(input));
}

/** Reads a date of a frozen input. */
export const frozenDate: z.ZodType<Temporal.PlainDate> = z.union([
  z.custom<Temporal.PlainDate>((value) => value instanceof Temporal.PlainDate),
  z.string().regex(/^\d{4}-\d\d-\d\d$/).transform((text) => Temporal.PlainDate.from(text)),
]);

/** Reads an amount of a frozen input. */
export const frozenCentavos: z.ZodType<Centavos> = z.union([
  z.bigint().transform((value) => centavos(value)),
  z.string().regex(/^-?\d+$/).transform((text) => centavos(BigInt(text))),
]);

/** The moment of a use case. */
export function momentOf({ trx, tenant, business }: UseCase): ApprovalMoment {
  return { trx, tenant, today: business.today };
}
