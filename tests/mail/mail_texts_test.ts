import assert from "node:assert/strict";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { findMailText } from "@/web/store/mail/mail_texts.ts";
import { saveMailText } from "@/web/services/mail/mail_texts.ts";
import { pay } from "@/tests/billing/isp.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { testLinks } from "./_world.ts";

const PATH = "/admin/settings/mail/texts/bill_issued/en";
const TEXT = { subject: "Bill {number}", body: "Kumusta {name},\r\n\r\nSalamat." };

const withTexts = (work: (scene: Scene) => Promise<void>) =>
  withScene("2026-02-03T10:00", async (scene) => {
    const { isp } = scene;
    Object.assign(isp.context, { links: testLinks() });
    const app = await createWebApp(isp.context);
    await work({ ...scene, app, owner: await app.signIn(isp.tenantId, "Owner") });
  });

Deno.test("the owner edits a text, sees who saved it, and goes back to the shipped one", async () => {
  await withTexts(async ({ isp, owner }) => {
    const list = await owner.get("/admin/settings/mail/texts");
    assert.match(list.text, /Bill English Filipino/);
    const page = await owner.get(PATH);
    assert.match(page.html, /Your bill for \{period\} is ready\./);
    assert.match(page.text, /\{due_date\} due date/);
    const saved = await owner.post(PATH, TEXT);
    assert.equal(saved.location, `${PATH}?done=saved`);
    const row = await isp.run((trx) => findMailText(trx, "bill_issued", "en"));
    assert.deepEqual([row?.body, row?.revision, row?.saved_by], [
      "Kumusta {name},\n\nSalamat.",
      1,
      "Ana Reyes",
    ]);
    assert.match((await owner.get("/admin/settings/mail/texts")).text, /English Yours/);
    assert.match((await owner.get(`${PATH}/reset`)).text, /Your own text is gone/);
    await owner.post(`${PATH}/reset`, {});
    assert.equal(await isp.run((trx) => findMailText(trx, "bill_issued", "en")), null);
    assert.match((await owner.get(PATH)).html, /Your bill for \{period\} is ready\./);
    const actions = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select("action").orderBy("sequence", "desc").limit(2).execute()
    );
    assert.deepEqual(actions.map(({ action }) => action), [
      "settings.mail_text_reset",
      "settings.mail_text_saved",
    ]);
  });
});

Deno.test("a text that cannot be filled in is refused by name, at its field, and nothing is saved", async () => {
  await withTexts(async ({ isp, owner }) => {
    const refused = [
      [{ ...TEXT, body: "Pay {amout}" }, /“\{amout\}” is none of the variables/],
      [{ ...TEXT, subject: "Pay {receipt}" }, /“\{receipt\}” is none of the variables/],
      [{ ...TEXT, body: "Pay {amount" }, /A brace stands alone/],
      [{ ...TEXT, body: "Pay amount}" }, /A brace stands alone/],
      [{ ...TEXT, body: "  " }, /Write a text/],
      [{ ...TEXT, subject: "x".repeat(201) }, /200/],
      [{ ...TEXT, body: "x".repeat(5001) }, /5,?000/],
    ] as const;
    for (const [fields, said] of refused) {
      const answer = await owner.post(PATH, fields);
      assert.equal(answer.status, 422, String(said));
      assert.match(answer.text, said);
    }
    assert.equal(await isp.run((trx) => findMailText(trx, "bill_issued", "en")), null);
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const key = { occasion: "bill_issued", language: "en" } as const;
    const saved = await saveMailText(...call, { ...key, subject: "{x}", body: "y" });
    assert.equal(saved.ok ? "" : saved.code, "mail_text_unknown_variable");
  });
});

Deno.test("who saves over somebody else's text is told", async () => {
  await withTexts(async ({ isp }) => {
    const call = [isp.context, isp.tenantId, isp.actor] as const;
    const key = { occasion: "cut", language: "fil", body: "x" } as const;
    assert.equal((await saveMailText(...call, { ...key, subject: "a", seen: "0" })).ok, true);
    const second = await saveMailText(...call, { ...key, subject: "b", seen: "0" });
    assert.equal(second.ok ? "" : second.code, "row_changed");
    assert.equal((await saveMailText(...call, { ...key, subject: "b", seen: "1" })).ok, true);
  });
});

Deno.test("a preview shows what was typed with a real subscriber, light, dark and as text, and runs nothing", async () => {
  await withTexts(async ({ isp, owner }) => {
    await pay(isp, 1, 200);
    const post = (fields: Record<string, string>) => owner.post(`${PATH}/preview`, { ...TEXT, ...fields });
    const light = await post({ who: "A-00002", look: "light" });
    assert.match(light.text, /With Subscriber 00002, A-00002/);
    assert.match(light.text, /Subject: Bill \S+/);
    assert.match(light.text, /Kumusta Subscriber 00002/);
    assert.match(light.text, /₱800\.00/);
    assert.doesNotMatch(light.html, /m-page\{/);
    assert.match((await post({ who: "subscriber 00003", look: "dark" })).html, /m-page\{background/);
    assert.match((await post({ who: "", look: "text" })).html, /Kumusta Subscriber/);
    assert.match((await post({ who: "nobody at all" })).text, /An example/);
    assert.match((await owner.get(`${PATH}/preview`)).text, /With Subscriber/);
    const odd = await post({ body: "<script>alert(1)</script>" });
    assert.doesNotMatch(odd.html, /<script/);
    const policy = odd.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'self'/);
    const refused = await post({ body: "{amout}" });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /“\{amout\}”/);
    assert.equal(await isp.run((trx) => findMailText(trx, "bill_issued", "en")), null);
  });
});

Deno.test("every occasion has a preview, with somebody real or with an example", async () => {
  await withTexts(async ({ isp, owner }) => {
    await pay(isp, 1, 200);
    for (
      const occasion of ["payment_received", "reminder", "cut_notice", "cut", "restored", "hold_granted"]
    ) {
      const page = await owner.get(`/admin/settings/mail/texts/${occasion}/fil/preview?who=A-00002`);
      assert.equal(page.status, 200, occasion);
      assert.match(page.text, /With Subscriber 00002/, occasion);
    }
    const credit = await owner.get("/admin/settings/mail/texts/credit_given/en/preview");
    assert.match(credit.text, /An example/);
    assert.equal((await owner.get("/admin/settings/mail/texts/party/en")).status, 404);
    assert.equal((await owner.get("/admin/settings/mail/texts/cut/de")).status, 404);
  });
});

Deno.test("who may only read settings sees a text and cannot save it; another company has texts of its own", async () => {
  await withTexts(async ({ isp, app, owner }) => {
    await owner.post(PATH, TEXT);
    const reader = await app.signIn(isp.tenantId, ["settings:read"]);
    const page = await reader.get(PATH);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /Save the text/);
    assert.equal((await reader.post(PATH, TEXT)).status, 404);
    assert.equal((await reader.post(`${PATH}/reset`, {})).status, 404);
    const example = await reader.get(`${PATH}/preview?who=A-00002`);
    assert.match(example.text, /An example/);
    assert.doesNotMatch(example.text, /Subscriber 0000/);
    const nobody = await app.signIn(isp.tenantId, ["today:read"]);
    assert.equal((await nobody.get(`${PATH}/preview`)).status, 404);
    const neighbour = crypto.randomUUID();
    await withTenant(
      isp.context.db,
      neighbour,
      (trx) => insertTenant(trx, { slug: "kapitbahay", name: "Kapitbahay", timeZone: "Asia/Manila" }),
    );
    const other = await app.signIn(neighbour, "Owner");
    assert.match((await other.get(PATH)).html, /Your bill for \{period\} is ready\./);
    const preview = await other.get(`${PATH}/preview?who=A-00002`);
    assert.match(preview.text, /An example/);
    assert.doesNotMatch(preview.text, /Subscriber 0000/);
  });
});
