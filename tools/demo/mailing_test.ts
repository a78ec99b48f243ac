import assert from "node:assert/strict";
import { startMailSim } from "@/sim/mail/mod.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import { makeMasterKey } from "@/web/gateways/master_key/key_list.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { openMailServer } from "@/web/services/mail/open_mail_server.ts";
import { MAIL_LOGIN, type Stack } from "../stack/mod.ts";
import type { Seed } from "./books.ts";
import { startMailing } from "./mailing.ts";

Deno.test("the demo mails to its own server alone, and to addresses that nobody could have", async () => {
  await using past = await playedMorning();
  await using sim = await startMailSim({ login: MAIL_LOGIN });
  const masterKeys = new MasterKeys([makeMasterKey()]);
  const { isp } = past;
  const actor = { kind: "staff", label: "Ana Reyes", staffUserId: null } as const;
  const seed: Seed = {
    stack: { mail: sim } as unknown as Stack,
    context: { ...isp.context, masterKeys },
    tenantId: isp.tenantId,
    owner: actor,
    cashier: actor,
    days: 365,
    say: () => {},
  };
  await startMailing(seed);
  const opened = await isp.run((trx) => openMailServer(trx, { masterKeys, reach: "loopback" }));
  assert.deepEqual(opened?.server, {
    host: "127.0.0.1",
    port: sim.port,
    encryption: "starttls",
    login: { kind: "password", username: MAIL_LOGIN.user, password: MAIL_LOGIN.password },
    reach: "loopback",
  });
  assert.equal(opened.row.saved_by, "Ana Reyes");
  assert.equal(opened.row.from_address, MAIL_LOGIN.user);
  const { people, consents } = await isp.run(async (trx) => ({
    people: await trx.selectFrom("subscribers").select(["id", "email", "mail_wanted"])
      .where("tenant_id", "=", isp.tenantId).execute(),
    consents: await trx.selectFrom("mail_consents").select(["subscriber_id", "wanted"])
      .where("tenant_id", "=", isp.tenantId).execute(),
  }));
  const reached = people.filter(({ email }) => email !== null);
  assert.ok(
    reached.length > people.length / 2 && reached.length < people.length,
    `${reached.length} of them`,
  );
  for (const { email } of reached) assert.match(email ?? "", /^[a-z]+(\.[a-z]+)*\d\d(\+\w+)?@example\.test$/);
  const tags = reached.map(({ email }) => /\+(\w+)@/.exec(email ?? "")?.[1]).filter((tag) =>
    tag !== undefined
  );
  assert.deepEqual([...new Set(tags)].sort(), ["450always", "451", "550", "554"]);
  assert.deepEqual(
    consents.map(({ subscriber_id, wanted }) => `${subscriber_id} ${wanted}`).sort(),
    reached.map(({ id, mail_wanted }) => `${id} ${mail_wanted}`).sort(),
  );
});
