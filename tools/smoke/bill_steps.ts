import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { postPayment, type Scene } from "./scene.ts";
import type { Step } from "./steps.ts";

/** From bills to the cut. */
export function billSteps(scene: Scene): Step[] {
  const { user } = scene;
  const move = async (to: string) => {
    await user.open("/admin/tonight");
    await user.submit({ action: "/admin/demo/clock", fields: { to } });
  };
  return [
    {
      name: "bills on the first of the month",
      run: async () => {
        await until(async () => {
          await move("bill_run");
          return Number((await scene.sql("select count(*) as n from bills"))["n"]) > 0;
        }, { timeoutMs: 120_000, what: "a bill is issued" });
        const bills = await scene.sql(`select count(*) as n, count(distinct number) as numbers,
          max(substring(number from '\\d+')::int) as last from bills where status = 'issued'`);
        assert.equal(bills["n"], bills["numbers"]);
        assert.equal(Number(bills["last"]), Number(bills["n"]), "numbers have no gaps");
        return `${bills["n"]} bills`;
      },
    },
    {
      name: "most pay in time; credit and part payments are allocated",
      run: async () => {
        const owing = await scene.rows(`select distinct b.subscriber_id, s.account_number from bills b
          join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id order by s.account_number`);
        // Six of about fifty stay unpaid: enough to see, below the brake.
        for (const row of owing.slice(6)) await postPayment(scene, row["subscriber_id"] ?? "");
        const open = await scene.sql("select count(*) as n from bills where paid_centavos < total_centavos");
        assert.equal(Number(open["n"]), 6);
        return `${owing.length - 6} payments by form`;
      },
    },
    {
      name: "Tonight names who will be cut, and why; one is held",
      run: async () => {
        const cutOn = await scene.sql("select (max(due_on) + max(grace_days) + 1)::text as day from bills");
        await until(async () => {
          await move("cut_run");
          const now = await scene.sql(`select ((now() + business_offset_seconds * interval '1 second')
            at time zone time_zone)::date::text as day from tenants`);
          return (now["day"] ?? "") >= addDays(cutOn["day"] ?? "", -1);
        }, { timeoutMs: 120_000, everyMs: 1, what: "the day before the cut" });
        await user.open("/admin/tonight");
        const unpaid = await scene.rows(
          `select s.id, s.name, c.ppp_name, b.total_centavos - b.paid_centavos as owed
          from bills b join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
          join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
          where b.paid_centavos < b.total_centavos order by s.account_number`,
        );
        for (const row of unpaid) {
          user.expect(new RegExp(RegExp.escape(row["name"] ?? "?")));
        }
        const [first, ...rest] = unpaid;
        await user.open(`/admin/subscribers/${first?.["id"]}/hold`);
        await user.submit({
          action: /\/hold$/,
          fields: { until: addDays(cutOn["day"] ?? "", 3), reason: "Promised to pay on payday" },
        });
        scene.held = first?.["ppp_name"] ?? "";
        scene.cut = rest.map((row) => ({
          name: row["ppp_name"] ?? "",
          subscriber: row["id"] ?? "",
          owed: row["owed"] ?? "",
        }));
        return `${rest.length} to cut, 1 held`;
      },
    },
    {
      name: "the admin adds two tunnels with the names of subscribers: one is on, one is off",
      run: async () => {
        const [on, off] = [scene.cut[0]?.name ?? "", scene.held];
        const tunnel = { service: "l2tp", password: "tunnel", profile: "default" };
        await scene.addSecret({ ...tunnel, name: on, disabled: "no" });
        await scene.addSecret({ ...tunnel, name: off, disabled: "yes" });
        return `${on} and ${off} over L2TP`;
      },
    },
    {
      name: "the cut run: exactly these are off on the router, everybody else as before",
      run: async () => {
        await move("cut_run");
        const names = new Set(scene.cut.map((row) => row.name));
        await until(async () => {
          const { secrets, online } = await scene.router();
          return [...names].every((name) => secrets.get(name)?.disabled === true && !online.has(name));
        }, { timeoutMs: 30_000, what: "the unpaid are off on the router" });
        const { secrets } = await scene.router();
        for (const [name, before] of scene.routerBefore?.secrets ?? []) {
          assert.deepEqual(secrets.get(name), names.has(name) ? { ...before, disabled: true } : before, name);
        }
        assert.equal(secrets.get(scene.held)?.disabled, false, "who was held stays on");
        return `${names.size} cut`;
      },
    },
    {
      name: "a secret of another service is left alone: the tunnels are as the admin has them",
      run: async () => {
        const { secrets } = await scene.router();
        const isOff = (name: string | undefined) => secrets.get(`l2tp//${name}`)?.disabled;
        assert.deepEqual([isOff(scene.cut[0]?.name), isOff(scene.held)], [false, true]);
      },
    },
  ];
}

function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}
