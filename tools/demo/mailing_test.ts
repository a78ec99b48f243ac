import assert from "node:assert/strict";
import { startMailSim } from "@/sim/mail/mod.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import type { Stack } from "../stack/mod.ts";
import type { Seed } from "./books.ts";
import { startMailing } from "./mailing.ts";

Deno.test("the demo mails to its own server alone, and to addresses that nobody could have", async () => {
  await using past = await playedMorning();
  await using sim = await startMailSim({ encryption: "none" });
  const { isp } = past;
  const actor = { kind: "staff", label: "Ana Reyes", staffUserId: null } as const;
  const seed: Seed = {
    stack: { mail: sim } as unknown as Stack,
    context: isp.context,
    tenantId: isp.tenantId,
    owner: actor,
    cashier: actor,
    days: 365,
    say: () => {},
  };
  await startMailing(seed);
  const { server, people, consents } = await isp.run(async (trx) => ({
    server: await trx.selectFrom("mail_servers").select(["host", "port", "from_address", "saved_by"])
      .where("tenant_id", "=", isp.tenantId).executeTakeFirstOrThrow(),
    people: await trx.selectFrom("subscribers").select(["id", "email", "mail_wanted"])
      .where("tenant_id", "=", isp.tenantId).execute(),
    consents: await trx.selectFrom("mail_consents").select(["subscriber_id", "wanted"])
      .where("tenant_id", "=", isp.tenantId).execute(),
  }));
  assert.deepEqual(server, {
    host: "127.0.0.1",
    port: sim.port,
    from_address: "billing@bayan.test",
    saved_by: "Ana Reyes",
  });
  const reached = people.filter(({ email }) => email !== null);
  assert.ok(
    reached.length > people.length / 2 && reached.length < people.length,
    `${reached.length} of them`,
  );
  for (const { email } of reached) assert.match(email ?? "", /^[a-z]+(\.[a-z]+)*\d\d(\+\d+)?@example\.test$/);
  const tags = reached.map(({ email }) => /\+(\d+)@/.exec(email ?? "")?.[1]).filter((tag) =>
    tag !== undefined
  );
  assert.deepEqual(tags.sort(), ["451", "550"]);
  assert.deepEqual(
    consents.map(({ subscriber_id, wanted }) => `${subscriber_id} ${wanted}`).sort(),
    reached.map(({ id, mail_wanted }) => `${id} ${mail_wanted}`).sort(),
  );
});
