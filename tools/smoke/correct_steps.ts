import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import type { Scene } from "./scene.ts";
import type { Step } from "./steps.ts";

/** What was billed wrongly is put right. */
export function correctSteps(scene: Scene): Step[] {
  const { user } = scene;
  const move = async (to: string) => {
    await user.open("/admin/tonight");
    await user.submit({ action: "/admin/demo/clock", fields: { to } });
  };
  return [
    {
      name: "a credit memo on a paid bill is credit, with a number of its own",
      run: async () => {
        // Of somebody who owes nothing: a memo pays what is open first, and the one who went prepaid has a last bill.
        const bill = await scene.sql(`select id, subscriber_id from bills b where status = 'issued'
          and total_centavos >= 100 and paid_centavos = total_centavos and not exists (select from bills o
            where o.tenant_id = b.tenant_id and o.subscriber_id = b.subscriber_id and o.status = 'issued'
            and o.paid_centavos < o.total_centavos) order by number limit 1`);
        await user.open(`/admin/subscribers/${bill["subscriber_id"]}/memo?bill=${bill["id"]}`);
        await user.submit({
          action: /\/memo/,
          button: "Give",
          fields: { amount: "1.00", kind: "outage", reason: "Two days without service" },
        });
        user.expect(/CM-000001/);
        const source = await scene.sql(
          "select amount_centavos - used_centavos as credit from credit_sources where kind = 'memo'",
        );
        assert.equal(Number(source["credit"]), 100);
      },
    },
    {
      name: "a void after bills had stopped is billed again once, and no month of the stop is",
      run: async () => {
        const name = scene.held;
        const bills = () =>
          scene.rows(
            `select b.id, b.status, b.period_start::text as start from bills b join subscriptions c
              on c.tenant_id = b.tenant_id and c.id = b.subscription_id where c.ppp_name = $1 order by b.number`,
            [name],
          );
        const stopped = async () =>
          (await scene.rows(
            "select id from subscriptions where ppp_name = $1 and stopped_from_on is not null",
            [
              name,
            ],
          )).length > 0;
        await until(async () => {
          await move("bill_run");
          return await stopped();
        }, { timeoutMs: 120_000, everyMs: 1, what: "bills stop after two unpaid ones" });
        const before = await bills();
        const [first] = before;
        await user.open(`/admin/bills/${first?.["id"]}/void`);
        await user.submit({
          action: /\/void$/,
          fields: { periods: "bill_again", reason: "Was never installed" },
        });
        for (let run = 0; run < 2; run++) await move("bill_run");
        const after = await bills();
        const live = after.filter((bill) => bill["status"] === "issued").map((bill) => bill["start"]).sort();
        assert.equal(after.length, before.length + 1, "one bill more, however often the run comes");
        assert.deepEqual(live, before.map((bill) => bill["start"]).sort());
        return `${name}: ${live.join(" and ")}`;
      },
    },
  ];
}
