import assert from "node:assert/strict";
import { sql } from "kysely";
import { setMailServer } from "@/tests/support/mail_server.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { declineRequest } from "@/web/services/approvals/decide.ts";
import { withdrawRequest } from "@/web/services/approvals/withdraw.ts";
import { openDesk } from "./_desk.ts";

const ASKS = ["subscriber:read", "bill:void", "approval:read"] as const;
const DECIDES = [...ASKS, "service_end:approve"] as const;

Deno.test("whoever could decide is mailed that a request waits, and whoever asked what became of it; nobody else", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database);
  const { isp } = desk;
  const mails = () =>
    isp.run(async (trx) =>
      (await sql<{ occasion: string; staff_user_id: string; state: string; facts: unknown }>`
        select occasion, staff_user_id, state, facts from mail_messages
        where tenant_id = ${isp.tenantId} and occasion like 'approval%' order by occasion`.execute(trx)).rows
    );
  const [maria, ana] = [await desk.hire("Maria", ASKS), await desk.hire("Ana", DECIDES)];
  await desk.hire("Cara", ASKS);
  await desk.hire("Dan", DECIDES, { siteIds: [] });
  assertOk(await desk.ask(maria, 0));
  assert.deepEqual(await mails(), [], "without a mail server nothing is written");
  await isp.run((trx) => setMailServer(trx));
  const asked = assertOk(await desk.ask(maria, 1));
  assert.ok(asked.outcome === "asked");
  const { requestId } = asked;
  const [first, ...others] = await mails();
  assert.deepEqual(others, []);
  assert.deepEqual([first?.occasion, first?.staff_user_id], ["approval_asked", ana.staffUserId]);
  assert.match(JSON.stringify(first?.facts), new RegExp(`/admin/approvals/${requestId}`));
  const decision = { requestId, revision: 1, note: "They stay" };
  assertOk(await declineRequest(isp.context, isp.tenantId, ana, decision));
  const [waited, told] = await mails();
  assert.equal(waited?.state, "skipped", "nobody is asked to decide what is decided");
  assert.deepEqual([told?.occasion, told?.staff_user_id], ["approval_decided", maria.staffUserId]);
  assert.match(JSON.stringify(told?.facts), /"declined".*They stay|They stay.*"declined"/);
  const own = assertOk(await desk.ask(maria, 2));
  assert.ok(own.outcome === "asked");
  assertOk(await withdrawRequest(isp.context, isp.tenantId, maria, { requestId: own.requestId }));
  assert.equal((await mails()).length, 3, "who takes it back knows it");
});
