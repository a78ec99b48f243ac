import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import type { Scene } from "./scene.ts";
import type { Step } from "./steps.ts";

/** Paid up front: bought, run out, bought again; each is read back from the router. */
export function prepaidSteps(scene: Scene): Step[] {
  const { user } = scene;
  const isOff = async (name: string) => (await scene.router()).secrets.get(name)?.disabled === true;
  const buyDay = async (subscriberId: string) => {
    await user.open(`/admin/subscribers/${subscriberId}/buy`);
    await user.submit({ action: /\/buy$/, button: "Post" });
    user.expect(/Valid until/);
  };
  return [{
    name: "a prepaid line is bought, lapses and is off by the run, is renewed and on again",
    run: async () => {
      const line = await scene.sql(
        `select c.subscriber_id, c.plan_id, c.ppp_name from subscriptions c
        where c.status = 'active' and c.ppp_name <> $1 and not exists (select from bills b
          where b.tenant_id = c.tenant_id and b.subscription_id = c.id and b.paid_centavos < b.total_centavos)
          and not exists (select from block_reasons k where k.tenant_id = c.tenant_id
            and k.subscription_id = c.id and k.removed_at is null)
        order by c.ppp_name limit 1`,
        [scene.held],
      );
      const [subscriber, name] = [line["subscriber_id"] ?? "", line["ppp_name"] ?? ""];
      await user.open(`/admin/plans/${line["plan_id"]}/prepaid`);
      await user.submit({ action: /\/prepaid$/, fields: { sell_1: "on" } });
      await user.open(`/admin/subscribers/${subscriber}/mode`);
      await user.submit({ action: /\/mode$/, fields: { when: "today" } });
      await buyDay(subscriber);
      assert.equal(await isOff(name), false, "it is on while it is paid for");
      await user.open("/admin/tonight");
      user.expect(/Prepaid until/);
      await user.submit({ action: "/admin/demo/clock", fields: { to: "cut_run" } });
      await until(() => isOff(name), { timeoutMs: 30_000, what: "the prepaid line is off on the router" });
      await buyDay(subscriber);
      await until(async () => {
        const { secrets, online } = await scene.router();
        return secrets.get(name)?.disabled === false && online.has(name);
      }, { timeoutMs: 30_000, what: "the prepaid line is on again and dials in" });
      return name;
    },
  }];
}
