import assert from "node:assert/strict";
import { generateSealingKey } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { createIsp, type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { agentWords } from "@/web/services/network/agent_words.ts";
import { createWebApp, type PageAnswer, type PageUser } from "@/tests/support/web_app.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { insertPlan } from "@/web/store/billing/plans.ts";

interface Desk {
  database: TestDatabase;
  isp: Isp;
  owner: PageUser;
  signIn(role: string): Promise<PageUser>;
  otherPlanId: string;
}

/** A provider at the pages whose agent has a key to seal to; no agent runs. */
async function withDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-01-20T10:00");
  const sealing = await generateSealingKey();
  const otherPlanId = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run(async (trx) => {
    await trx.updateTable("agents").set({ sealing_public_key: sealing.publicKey }).execute();
    // The two of the fixture have A-00001 and A-00002.
    await trx.insertInto("number_series")
      .values({ tenant_id: trx.tenantId, series: "account", prefix: "A-", pad: 5, next_value: 3n }).execute();
    await insertPlan(trx, otherPlanId, {
      name: "Fiber 100",
      price_centavos: 200_000n,
      ppp_profile: "100M",
      speed: null,
    }, isp.clock.now());
  });
  const app = await createWebApp(isp.context, { only: ["/admin/subscribers"] });
  const signIn = (role: string) => app.signIn(isp.tenantId, role);
  await work({ database, isp, owner: await signIn("Owner"), signIn, otherPlanId });
}

function fields(isp: Isp, over: Record<string, string> = {}): Record<string, string> {
  return {
    name: "Juan Dela Cruz",
    phone: "0917 123 4567",
    email: "",
    address: "Purok 3",
    barangay: "Ilaya",
    city: "Calamba",
    notes: "",
    plan: isp.planId,
    router: isp.routerIds[0]!,
    ppp: "",
    secret: "make",
    activation: "day",
    billing: "cycle",
    intent: "save",
    ...over,
  };
}

/** The subscriber that an answer leads to. */
function idOf(answer: PageAnswer): string {
  assert.equal(answer.status, 303, answer.text.slice(0, 400));
  return /subscribers\/([0-9a-f-]{36})/.exec(answer.location)?.[1] ?? assert.fail(answer.location);
}

async function bring(user: PageUser, answer: PageAnswer): Promise<PageAnswer> {
  const [pair = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  return await user.get(answer.location, { cookie: pair });
}

Deno.test("a subscriber is added without scripts; the password is shown once, and never again", async () => {
  await withDesk(async ({ isp, owner }) => {
    const empty = await owner.get("/admin/subscribers/new");
    assert.match(empty.text, /Choose a plan to see the first bill/);
    const preview = await owner.post("/admin/subscribers/new", fields(isp, { intent: "preview" }));
    assert.equal(preview.status, 200);
    assert.match(preview.text, /Fiber 50, 20–31 Jan 2026 \(12 of 31 days\)/);
    assert.match(preview.text, /₱387\.10/);
    assert.match(preview.html, /placeholder="juan\.delacruz"/);

    const added = await owner.post("/admin/subscribers/new", fields(isp));
    const id = idOf(added);
    const cookie = added.headers.get("set-cookie") ?? "";
    assert.match(
      cookie,
      /Path=\/admin\/subscribers\/[0-9a-f-]+\/secret; Max-Age=120; HttpOnly; SameSite=Strict/,
    );
    const shown = await bring(owner, added);
    const password = /id="ppp-password">([2-9a-z]{14})</.exec(shown.html)?.[1];
    assert.ok(password !== undefined);
    assert.equal(shown.headers.get("cache-control"), "no-store");
    assert.match(shown.headers.get("set-cookie") ?? "", /^linya_ppp=; .*Max-Age=0/);
    assert.doesNotMatch(shown.html, /http-equiv="refresh"/, "what is shown once is not loaded away");
    assert.doesNotMatch(added.location, new RegExp(password));

    const again = await owner.get(added.location);
    assert.doesNotMatch(again.html, new RegExp(password));
    assert.match(again.text, /Queued.*Waits for the agent of Ilaya/);
    assert.match(again.html, /http-equiv="refresh"/);
    const page = await owner.get(`/admin/subscribers/${id}`);
    assert.match(page.text, /Pending install: its PPP secret is not on the router yet/);
    assert.match(page.text, /Purok 3, Ilaya, Calamba/);
    assert.match(page.text, /Queued/);
    const form = await owner.get("/admin/subscribers/new");
    assert.match(form.html, /<datalist id="f-barangay-list"><option\s+value="Ilaya">/);
  });
});

Deno.test("somebody who looks the same is shown in the same request, and added only when a person says so", async () => {
  await withDesk(async ({ isp, owner }) => {
    idOf(await owner.post("/admin/subscribers/new", fields(isp)));
    const twin = fields(isp, { name: "Juan de la Cruz", phone: "+63 917 123 4567" });
    const preview = await owner.post("/admin/subscribers/new", { ...twin, intent: "preview" });
    assert.match(
      preview.text,
      /This person may be there already Juan Dela Cruz A-00003: same phone, similar name/,
    );
    const refused = await owner.post("/admin/subscribers/new", twin);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Juan Dela Cruz looks like the same person/);
    assert.match(refused.html, /name="accept"/);
    assert.match(refused.html, /value="Juan de la Cruz"/, "what was typed stays");
    idOf(await owner.post("/admin/subscribers/new", { ...twin, accept: "on" }));
    const stranger = fields(isp, { name: "Rosa Mendoza", phone: "0920 000 1111", address: "Purok 3" });
    idOf(await owner.post("/admin/subscribers/new", stranger));
  });
});

Deno.test("a PPP user is taken once per router", async () => {
  await withDesk(async ({ isp, owner }) => {
    const taken = await owner.post("/admin/subscribers/new", fields(isp, { ppp: "user1" }));
    assert.equal(taken.status, 422);
    assert.match(taken.text, /Subscriber 00001 has user1 on Router 1 already/);
    const elsewhere = fields(isp, { ppp: "user1", router: isp.routerIds[1]! });
    const preview = await owner.post("/admin/subscribers/new", { ...elsewhere, intent: "preview" });
    assert.match(preview.text, /user1 is also a user on Router 1: Subscriber 00001/);
    idOf(await owner.post("/admin/subscribers/new", elsewhere));
    const twice = await Promise.all(
      [1, 2].map((n) =>
        owner.post(
          "/admin/subscribers/new",
          fields(isp, { ppp: "same", name: `Person Nr${n}`, phone: "", accept: "on" }),
        )
      ),
    );
    assert.deepEqual(twice.map(({ status }) => status).sort(), [303, 422]);
  });
});

Deno.test("hostile input is refused at its field and shown as text", async () => {
  await withDesk(async ({ isp, owner }) => {
    const evil = '"><script>alert(1)</script>';
    const cases: [Record<string, string>, RegExp][] = [
      [{ name: "" }, /Type the name/],
      [{ name: "x".repeat(161) }, /Shorten this to 160 characters/],
      [{ ppp: evil }, /letters, digits/],
      [{ ppp: "=name=x" }, /letters, digits/],
      [{ plan: "1; drop table plans" }, /Choose a plan/],
      [{ router: "1" }, /Choose a router/],
      [{ activation: "yesterday" }, /Choose when it begins/],
      [{ secret: "steal" }, /Choose where the secret comes from/],
      [{ email: "nobody" }, /Type a whole e-mail address/],
    ];
    for (const [over, message] of cases) {
      const answer = await owner.post("/admin/subscribers/new", fields(isp, over));
      assert.equal(answer.status, 422, JSON.stringify(over));
      assert.match(answer.text, message);
      assert.ok(!answer.html.includes("<script>alert"), JSON.stringify(over));
    }
    for (const nobodys of [{ plan: uuidv7(1) }, { router: uuidv7(1) }]) {
      assert.equal((await owner.post("/admin/subscribers/new", fields(isp, nobodys))).status, 404);
    }
    const id = idOf(await owner.post("/admin/subscribers/new", fields(isp, { name: evil, address: evil })));
    const page = await owner.get(`/admin/subscribers/${id}`);
    assert.ok(!page.html.includes("<script>alert"));
    for (const path of ["plan", "secret", "remove", "connection"]) {
      const answer = await owner.get(`/admin/subscribers/${id}/${path}?connection=${evil}`);
      assert.ok([200, 404].includes(answer.status), path);
      assert.equal((await owner.get(`/admin/subscribers/${uuidv7(1)}/${path}`)).status, 404);
    }
    const strange = await owner.get(`/admin/subscribers/${id}/secret`, { cookie: `linya_ppp=x.${evil}` });
    assert.ok(!strange.html.includes("<script>alert"));
  });
});

Deno.test("who may not change subscribers does not get there; a technician adds one without seeing balances", async () => {
  await withDesk(async ({ isp, signIn }) => {
    const cashier = await signIn("Cashier");
    assert.equal((await cashier.get("/admin/subscribers/new")).status, 404);
    assert.equal((await cashier.post("/admin/subscribers/new", fields(isp))).status, 404);
    const technician = await signIn("Technician");
    const id = idOf(await technician.post("/admin/subscribers/new", fields(isp)));
    assert.doesNotMatch((await technician.get(`/admin/subscribers/${id}`)).text, /Balance/);
  });
});

Deno.test("several connections of one person: each has its own bills, hold and end", async () => {
  await withDesk(async ({ isp, owner, signIn }) => {
    const id = isp.subscriberIds[0]!;
    const path = `/admin/subscribers/${id}`;
    const { name: _n, phone: _p, ...connection } = fields(isp, {
      ppp: "shop",
      secret: "link",
      billing: "anniversary",
    });
    const added = await owner.post(`${path}/connection`, connection);
    assert.equal(added.location, `${path}?done=connection_added`);
    const page = await owner.get(added.location);
    assert.match(page.text, /The connection is added/);
    assert.match(page.text, /user1/);
    assert.match(page.text, /shop/);
    // Two live connections: a form without saying which is not guessed.
    assert.equal((await owner.get(`${path}/hold`)).status, 404);
    const rows = await isp.run((trx) =>
      trx.selectFrom("subscriptions").selectAll().where("subscriber_id", "=", id).orderBy("ppp_name", "desc")
        .execute()
    );
    assert.deepEqual(
      rows.map((row) => [row.ppp_name, row.status, row.anchor_day, row.next_bill_on?.toString()]),
      [
        ["user1", "active", 1, "2026-02-01"],
        ["shop", "active", 20, "2026-02-20"],
      ],
    );
    await liveUntil(isp, "2026-02-21T10:00");
    const bills = await isp.run((trx) =>
      trx.selectFrom("bills").select(["subscription_id", "total_centavos"]).where("subscriber_id", "=", id)
        .execute()
    );
    assert.equal(bills.length, 2);
    assert.deepEqual(new Set(bills.map((bill) => bill.subscription_id)).size, 2);
    const later = await signIn("Owner");
    const both = await later.get(path);
    assert.match(both.text, /2 connections.*Balance ₱2,000\.00/);
    assert.match(both.text, /Number Connection Status.*user1.*shop/);
    await pay(isp, 0, 2000);
    assert.match((await later.get(path)).text, /Balance ₱0\.00/);
    assert.deepEqual(await isp.run(checkInvariants), []);
    assert.equal((await later.post(`${path}/remove`, { connection: rows[1]!.id })).status, 422);
  });
});

Deno.test("a line in use is taken away before its first bill only by somebody who may void bills", async () => {
  await withDesk(async ({ isp, signIn }) => {
    const [subscriberId, subscriptionId] = [isp.subscriberIds[0]!, isp.subscriptionIds[0]!];
    const technician = await signIn("Technician");
    const remove = `/admin/subscribers/${subscriberId}/remove`;
    const refused = await technician.post(remove, { connection: subscriptionId });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /in use/);
    const billing = await signIn("Billing");
    assert.equal((await billing.post(remove, { connection: subscriptionId })).status, 303);
  });
});

Deno.test("a connection that never had a bill is removed; with nothing on the router nothing is left of it", async () => {
  await withDesk(async ({ isp, owner }) => {
    const id = idOf(await owner.post("/admin/subscribers/new", fields(isp)));
    const [row] = await isp.run((trx) =>
      trx.selectFrom("subscriptions").selectAll().where("subscriber_id", "=", id).execute()
    );
    const ask = await owner.get(`/admin/subscribers/${id}/remove?connection=${row!.id}`);
    assert.match(ask.text, /Remove juan\.delacruz\?.*Nothing of it is on Router 1/);
    const gone = await owner.post(`/admin/subscribers/${id}/remove`, { connection: row!.id });
    assert.match((await owner.get(gone.location)).text, /The connection is removed.*No connection/);
    const left = await isp.run((trx) =>
      trx.selectFrom("subscriptions").selectAll().where("subscriber_id", "=", id).execute()
    );
    assert.deepEqual(left, []);
  });
});

Deno.test("a plan change shows old and new price, profile and day before it is made, and can be cancelled", async () => {
  await withDesk(async ({ isp, owner, otherPlanId }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const query = `connection=${isp.subscriptionIds[0]}`;
    const choose = await owner.get(`${path}/plan?${query}`);
    assert.match(choose.text, /Fiber 100/);
    const preview = await owner.get(`${path}/plan?${query}&plan=${otherPlanId}`);
    assert.match(preview.text, /Fiber 100 from Sun, 1 Feb 2026\?.*₱1,000\.00 more each month/);
    assert.match(preview.text, /₱1,000\.00 → ₱2,000\.00/);
    assert.match(preview.text, /50M → 100M/);
    const values = { connection: isp.subscriptionIds[0]!, plan: otherPlanId };
    const done = await owner.post(`${path}/plan`, values);
    const page = await owner.get(done.location);
    assert.match(page.text, /The plan changes with the next cycle/);
    assert.match(page.text, /Next plan Fiber 100, Sun, 1 Feb/);
    const cancelled = await owner.post(`${path}/plan/cancel`, { connection: isp.subscriptionIds[0]! });
    assert.doesNotMatch((await owner.get(cancelled.location)).text, /Next plan/);
    assert.equal((await owner.post(`${path}/plan`, { ...values, plan: isp.planId })).status, 422);
  });
});

Deno.test("a prepaid plan shows what it sells on the form; the first purchase is taken while the secret is on its way", async () => {
  await withDesk(async ({ isp, owner, signIn }) => {
    await isp.run((trx) =>
      replacePrepaidUnits(trx, isp.planId, [{ unit: "days", count: 7, price_centavos: null }])
    );
    const asked = { billing: "prepaid", activation: "first_session", buys: "days-7" };
    const technician = await signIn("Technician");
    const form = "/admin/subscribers/new";
    assert.doesNotMatch(
      (await technician.post(form, fields(isp, { ...asked, intent: "preview" }))).text,
      /First purchase/,
      "who takes no money is asked for none",
    );
    const shown = await owner.post(form, fields(isp, { ...asked, intent: "preview" }));
    assert.match(shown.text, /7 days, ₱233\.33, until Mon, 26 Jan 2026 when it begins today/);
    assert.match(shown.text, /Service begins with the first purchase, not before/);
    const added = await owner.post(form, fields(isp, asked));
    const path = `/admin/subscribers/${idOf(added)}`;
    const secret = await bring(owner, added);
    assert.match(secret.html, /id="ppp-password"/);
    const [, next = ""] = /href="([^"]+\/buy\?[^"]+)"/.exec(secret.html) ?? [];
    const buying = await owner.get(next.replaceAll("&amp;", "&"));
    assert.match(buying.text, /Its PPP secret is not on the router yet\. The money can be taken now/);
    assert.match(buying.html, /value="first_session"[^>]* checked/);
    assert.match(buying.text, /To pay now ₱233\.33/);
    assert.match((await owner.get(path)).text, /Take the first payment/);
    assert.doesNotMatch((await technician.get(path)).text, /Take the first payment/);
  });
});

Deno.test("what the agent answered stands on the page with what to do about it", async () => {
  await withDesk(async ({ isp, owner }) => {
    const added = await owner.post("/admin/subscribers/new", fields(isp));
    const id = idOf(added);
    const [row] = await isp.run((trx) =>
      trx.selectFrom("subscriptions").selectAll().where("subscriber_id", "=", id).execute()
    );
    const path = `/admin/subscribers/${id}/secret`;
    await isp.run((trx) =>
      trx.updateTable("commands").set({
        status: "failed",
        error_code: "name_taken",
        error_message: 'Router 1 has a secret "juan.delacruz" that Linya did not make. It was left as it is.',
      }).where("id", "=", row!.secret_command_id!).execute()
    );
    const failed = await owner.get(`${path}?connection=${row!.id}`);
    assert.match(failed.text, /that Linya did not make\. It was left as it is\..*Use the one on the router/);
    assert.match(
      failed.text,
      /The secret could not be written to Router 1\. Nothing was changed on the router\..*Details Router 1 has a secret/,
    );
    const kept = agentWords("router_permission", "Core at 10.0.0.9:8728 said: not enough permissions (9)");
    await isp.run((trx) =>
      trx.updateTable("commands").set({ error_code: "router_permission", error_message: kept })
        .where("id", "=", row!.secret_command_id!).execute()
    );
    const known = await owner.get(`${path}?connection=${row!.id}`);
    assert.match(known.html, /<p>[^<]*Nothing was changed on the router[^<]*<\/p>\s*<details/);
    const [, sentence = ""] = /<p>([^<]*Nothing was changed[^<]*)</.exec(known.html) ?? [];
    assert.doesNotMatch(sentence, /10\.0|8728|\(9\)/);
    assert.match(known.html, /<p class="note wrap" lang="en">Core at 10\.0\.0\.9:8728/);
    const bad = await owner.post(path, { connection: row!.id, ppp: "user1" });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /Subscriber 00001 has user1 on Router 1 already/);
    const again = await owner.post(path, { connection: row!.id, ppp: "juan.dc" });
    assert.match((await bring(owner, again)).html, /id="ppp-password">[2-9a-z]{14}</);
    const cancelled = await owner.post(`${path}/cancel`, { connection: row!.id });
    assert.match((await owner.get(cancelled.location)).text, /Taken back\. No secret is made/);
    const linked = await owner.post(`${path}/link`, { connection: row!.id });
    const page = await owner.get(linked.location);
    assert.match(page.text, /The secret on the router is used/);
    const after = await isp.run((trx) =>
      trx.selectFrom("subscriptions").selectAll().where("id", "=", row!.id).executeTakeFirstOrThrow()
    );
    assert.deepEqual([after.secret, after.status, after.ppp_name], ["found", "active", "juan.dc"]);
  });
});

Deno.test("without an agent the subscriber is saved and says so; nothing pretends to be on its way", async () => {
  await withDesk(async ({ isp, owner }) => {
    await isp.run((trx) => trx.updateTable("agents").set({ revoked_at: isp.clock.now() }).execute());
    const added = await owner.post("/admin/subscribers/new", fields(isp));
    const page = await owner.get(added.location);
    assert.match(page.text, /the secret was not sent: the site has no agent/);
    assert.match(page.text, /Not sent yet/);
    assert.doesNotMatch(page.html, /ppp-password/);
  });
});

Deno.test("a form that is sent twice adds once, also when both arrive together and a duplicate was accepted", async () => {
  await withDesk(async ({ isp, owner }) => {
    const count = async () =>
      (await isp.run((trx) => trx.selectFrom("subscriptions").select("id").execute())).length;
    const before = await count();
    const onceIn = (html: string) => /name="once" value="([^"]+)"/.exec(html)?.[1] ?? "";
    const once = onceIn((await owner.get("/admin/subscribers/new")).html);
    const form = fields(isp, { accept: "on", once });
    const answers = await Promise.all([1, 2].map(() => owner.post("/admin/subscribers/new", form)));
    assert.equal(await count(), before + 1);
    assert.equal(new Set(answers.map(idOf)).size, 1);
    assert.equal(answers.filter((answer) => answer.headers.has("set-cookie")).length, 1);
    assert.equal(idOf(await owner.post("/admin/subscribers/new", form)), idOf(answers[0]!));

    const path = `/admin/subscribers/${idOf(answers[0]!)}/connection`;
    const { name: _n, phone: _p, ...connection } = fields(isp, {
      once: onceIn((await owner.get(path)).html),
    });
    await Promise.all([1, 2].map(() => owner.post(path, connection)));
    assert.equal(await count(), before + 2);
    // The form of before for somebody else, and an id that is somebody's: both are new.
    const other = fields(isp, { name: "Ana Reyes", phone: "", once });
    assert.notEqual(idOf(await owner.post("/admin/subscribers/new", other)), idOf(answers[0]!));
    assert.equal(await count(), before + 3);
  });
});
