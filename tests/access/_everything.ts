import { uuidv7 } from "@/shared/ids.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { insertSomeStaff } from "@/tests/support/some_staff.ts";
import { insertSomeRequests } from "@/tests/support/some_requests.ts";
import { insertSomeMail } from "@/tests/support/some_mail.ts";
import type { PathSubject } from "@/web/store/access/path_subjects.ts";
import { insertImportBatch } from "@/web/store/imports/import_batches.ts";
import { insertMemo } from "@/web/store/payments/memos.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** Something of every kind that a path can name, all of one tenant. */
export async function everything(isp: Isp): Promise<Record<PathSubject, string>> {
  const at = isp.clock.now();
  const batchId = uuidv7(at.epochMilliseconds);
  return await isp.run(async (trx) => {
    const first = async (table: "sites" | "agents" | "bills" | "payments" | "runs") =>
      (await trx.selectFrom(table).select("id").where("tenant_id", "=", isp.tenantId)
        .orderBy("id").executeTakeFirstOrThrow()).id;
    await insertImportBatch(trx, {
      id: batchId,
      router_id: isp.routerIds[0]!,
      command_id: null,
      created_by: "Ana",
      created_at: at,
    });
    const corrected = await correctBooks(trx, isp);
    const mailed = await insertSomeMail(trx, {
      at,
      today: at.toZonedDateTimeISO("Asia/Manila").toPlainDate(),
    });
    return {
      ...corrected,
      ...mailed,
      ...await insertSomeStaff(trx, at),
      ...await insertSomeRequests(trx, { at, today: at.toZonedDateTimeISO("Asia/Manila").toPlainDate() }),
      import: batchId,
      agents: await first("agents"),
      sites: await first("sites"),
      bills: await first("bills"),
      decisions: isp.subscriptionIds[0]!,
      payments: await first("payments"),
      runs: await first("runs"),
      plans: isp.planId,
      routers: isp.routerIds[0]!,
      subscribers: isp.subscriberIds[0]!,
      tonight: isp.subscriptionIds[0]!,
    };
  });
}

/** A memo and a refund, as rows: what they mean is tested elsewhere. */
async function correctBooks(trx: TenantTransaction, isp: Isp): Promise<{ memos: string; refunds: string }> {
  const [memos, refunds] = [crypto.randomUUID(), crypto.randomUUID()];
  const at = isp.clock.now();
  const same = {
    subscriber_id: isp.subscriberIds[0]!,
    amount_centavos: 100n,
    reason: "Goodwill",
    recorded_at: at,
    recorded_by: "Ana",
    staff_user_id: null,
    request_hash: "",
  };
  const day = at.toZonedDateTimeISO("Asia/Manila").toPlainDate();
  await insertMemo(trx, {
    ...same,
    id: memos,
    number: "CM-000001",
    kind: "goodwill",
    bill_id: null,
    issued_on: day,
    idempotency_key: memos,
  });
  const refund = {
    ...same,
    id: refunds,
    number: "RF-000001",
    method: "cash" as const,
    reference: null,
    paid_on: day,
    idempotency_key: refunds,
  };
  await trx.insertInto("refunds").values({ ...refund, tenant_id: trx.tenantId }).execute();
  return { memos, refunds };
}
