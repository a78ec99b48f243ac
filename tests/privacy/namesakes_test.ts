import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import type { Actor } from "@/web/services/context.ts";
import { eraseSubscriber } from "@/web/services/privacy/erase_subscriber.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { erasing, everyRow, leave } from "./erasing_isp.ts";

const CASHIER = { id: crypto.randomUUID(), name: "Berto Ocampo" };

/** A company with people and things that are called nearly as the one who leaves. */
async function withOthers(leaving: { name: string; address: string; phone?: string }) {
  const past = await playedIsp({ subscribers: 6 }, "2026-02-10T10:00");
  const { isp } = past;
  const others = [
    leaving,
    { name: "Juan Cruz Santos", address: "Purok 3, San Roque" },
    { name: "Ana Juan Cruz", address: "Purok 4" },
    { name: "Rita Lim", address: "Purok 9, Ilaya" },
  ];
  await isp.run(async (trx) => {
    for (const [n, person] of others.entries()) {
      await trx.updateTable("subscribers").set(person).where("tenant_id", "=", isp.tenantId)
        .where("id", "=", isp.subscriberIds[n]!).execute();
    }
    await trx.updateTable("sites").set({ name: "Bagong Silang" }).where("tenant_id", "=", isp.tenantId)
      .execute();
    await trx.insertInto("staff_users").values({
      ...CASHIER,
      email: "berto@desk.example",
      password_hash: "x",
    }).execute();
    await trx.insertInto("staff_memberships").values({ tenant_id: isp.tenantId, staff_user_id: CASHIER.id })
      .execute();
  });
  const context = await erasing(isp);
  const say = async (message: string, actor: Actor = isp.actor) => {
    await isp.run((trx) =>
      insertSystemLog(trx, { at: isp.clock.now(), level: "info", event: "x", message: `Line: ${message}` })
    );
    await recordReading(context, isp.tenantId, actor, {
      action: "export.file",
      what: "subscribers",
      summary: coded("audit_file_exported", { file: "subscribers.csv", rows: 1 }),
      details: { filter: `q=${message}`, rows: 1, is_whole: true },
    });
  };
  const erase = async () => {
    await leave(isp, 0);
    const reason = "By letter";
    assertOk(
      await eraseSubscriber(context, isp.tenantId, isp.actor, {
        subscriberId: isp.subscriberIds[0]!,
        waits: false,
        reason,
      }),
    );
    assert.equal((await checkAudit(context, isp.tenantId)).broken, null);
    const rows = await everyRow(past.database);
    return { log: rows.get("system_log")!, entries: rows.get("audit_entries")!, rows };
  };
  return { ...past, context, say, erase };
}

Deno.test("a longer name of somebody else stays whole where the name of who is erased is part of it", async () => {
  await using scene = await withOthers({ name: "Juan Cruz", address: "Sitio Malinaw 7" });
  await scene.say("Juan Cruz paid");
  await scene.say("Juan Cruz Santos paid for Ana Juan Cruz");
  const { log, entries, rows } = await scene.erase();
  for (const text of [log, entries]) {
    assert.ok(!text.includes("Juan Cruz paid"));
    assert.ok(text.includes("— paid"));
    assert.ok(text.includes("Juan Cruz Santos paid for Ana Juan Cruz"));
  }
  assert.ok(rows.get("subscribers")!.includes("Juan Cruz Santos"));
});

Deno.test("an address that is part of another, and what is a site as well, stays in texts of others", async () => {
  const places = [
    { address: "San Roque", text: "Tower at San Roque added" },
    { address: "Bagong Silang", text: "Bagong Silang down" },
  ];
  for (const { address, text } of places) {
    await using scene = await withOthers({ name: "Crisanto Magtanggol", address });
    await scene.say(text);
    await scene.say(`Magtanggol, ${text}: Crisanto Magtanggol called`);
    const { log, entries } = await scene.erase();
    for (const words of [log, entries]) {
      assert.ok(words.includes(text), text);
      assert.ok(!words.includes("Crisanto"));
    }
  }
});

Deno.test("who works here and is a subscriber is erased as a subscriber, and stays who did what", async () => {
  await using scene = await withOthers({
    name: CASHIER.name,
    address: "Sitio Malinaw 7",
    phone: "09175558431",
  });
  const { isp } = scene;
  const actor: Actor = { kind: "staff", label: CASHIER.name, staffUserId: CASHIER.id };
  await scene.say("Rita Lim", actor);
  await isp.run((trx) =>
    insertSystemLog(trx, {
      at: isp.clock.now(),
      level: "warn",
      event: "account_changed",
      message: formatCoded(
        coded("log_account_changed_by", {
          what: "password",
          name: "Ana Reyes",
          by: CASHIER.name,
          place: "—",
        }),
      ),
    })
  );
  await scene.say("Call 0917 555 8431");
  const { log, entries, rows } = await scene.erase();
  assert.ok(log.includes(CASHIER.name), "who changed the account");
  assert.match(entries, /staff.*Berto Ocampo|Berto Ocampo.*staff/);
  assert.ok(!entries.includes("555 8431") && !log.includes("555 8431"), "a phone of theirs goes");
  assert.ok(!rows.get("subscribers")!.includes(CASHIER.name));
});

Deno.test("an actor who is staff stays, whoever is called the same and no longer works here", async () => {
  await using scene = await withOthers({ name: "Gloria Macaraeg", address: "Sitio Malinaw 7" });
  await scene.say("Rita Lim", { kind: "staff", label: "Gloria Macaraeg", staffUserId: CASHIER.id });
  const { entries } = await scene.erase();
  assert.ok(entries.includes("Gloria Macaraeg"));
});
