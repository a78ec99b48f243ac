import { z } from "zod";
import { fromBase64Url, verify } from "@/shared/crypto/mod.ts";
import { formatCount } from "@/web/format.ts";
import { coded } from "@/shared/codes/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { type AuditBreak, checkAuditChain } from "@/web/services/audit_chain.ts";
import { headStatement } from "@/web/services/audit_head.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import { listKnownBreaks } from "@/web/store/access/audit_breaks.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Finding } from "./examine.ts";

/** A signed end of an audit log that was kept elsewhere. */
export type KeptHead = z.output<typeof headShape>;

const bytes = z.string().transform((text, ctx) => {
  const read = fromBase64Url(text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
  if (read === null) ctx.addIssue({ code: "custom", message: "Not base64" });
  return read ?? new Uint8Array();
});
const headShape = z.object({
  format: z.literal("linya-audit-head-v1"),
  company: z.string(),
  company_id: z.uuid(),
  entry: z.string().regex(/^\d{1,18}$/).transform(BigInt),
  hash: z.string().regex(/^[0-9a-f]{64}$/).transform((hex) => Uint8Array.fromHex(hex)),
  day: z.string().transform((text) => Temporal.PlainDate.from(text)),
  signature: bytes,
  public_key: bytes,
});

/** Reads a file that the page Audit gave. */
export async function readAuditHead(path: string): Promise<KeptHead> {
  const parsed = headShape.safeParse(JSON.parse(await Deno.readTextFile(path)));
  if (!parsed.success) throw new Error(`Cannot read "${path}": it is no signed end of an audit log`);
  return parsed.data;
}

/** Whether the audit log is as it was written, as it was signed, and as the kept end says. */
export async function* auditOf(
  { db, signing }: ServiceContext,
  tenantId: string,
  { name, auditHead }: { name: string; auditHead: KeptHead | null },
): AsyncGenerator<Finding> {
  const publicKey = signing?.publicKey ?? null;
  const { report, said } = await withTenant(db, tenantId, async (trx) => ({
    report: await checkAuditChain(trx, publicKey),
    said: await listKnownBreaks(trx),
  }), { readOnly: true, isolation: "repeatable read" });
  const { broken, known, entries, foreignHeads } = report;
  const isMet = (each: AuditBreak) =>
    known.some(({ problem, at, print }) =>
      problem === each.problem && at === each.at && print === each.print
    );
  for (const { at, note, known_by: by } of said.filter(isMet)) {
    yield {
      state: "warn",
      text: `${name}: the audit log is broken at entry ${at}, and ${by} has said why: ${note}`,
    };
  }
  if (broken === null && known.length === 0) {
    yield { state: "ok", text: `${name}: the audit log's chain is whole (${formatCount(entries)} entries)` };
  } else if (broken !== null) {
    const what = coded("log_audit_broken", { entry: broken.at.toString(), problem: broken.problem });
    yield {
      state: "broken",
      text: `${name}: the audit log's chain is broken at entry ${broken.at}`,
      more: [codedText(ENGLISH_WORDS, what)],
    };
  }
  if (foreignHeads > 0) {
    const what = coded("log_audit_foreign", { count: foreignHeads });
    yield { state: "warn", text: `${name}: ${codedText(ENGLISH_WORDS, what)}` };
  }
  if (auditHead?.company_id === tenantId) yield await keptHeadOf({ db }, tenantId, { name, auditHead });
}

async function keptHeadOf(
  { db }: Pick<ServiceContext, "db">,
  tenantId: string,
  { name, auditHead }: { name: string; auditHead: KeptHead },
): Promise<Finding> {
  const { entry: sequence, hash, day, public_key: publicKey, signature } = auditHead;
  const statement = headStatement({ tenantId, sequence, hash, signed_on: day });
  if (!await verify(publicKey, signature, statement)) {
    return { state: "broken", text: `${name}: the file of ${day} is not what was signed` };
  }
  const [held] = await withTenant(
    db,
    tenantId,
    (trx) => listAuditEntries(trx, { after: sequence - 1n, limit: 1 }),
    { readOnly: true },
  );
  if (held?.sequence !== sequence || held.hash.toHex() !== hash.toHex()) {
    return {
      state: "broken",
      text: `${name}: the audit log no longer holds entry ${sequence} of ${day} as the file says`,
    };
  }
  return { state: "ok", text: `${name}: the audit log holds entry ${sequence} of ${day} as the file says` };
}
