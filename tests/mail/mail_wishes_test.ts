import assert from "node:assert/strict";
import type { Isp } from "@/tests/billing/isp.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createWebApp, type WebApp } from "@/tests/support/web_app.ts";
import { findLastConsent } from "@/web/store/mail/wishes.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { pathOf, testLinks, visit } from "./_world.ts";

const links = testLinks();

async function withReader(
  work: (world: { isp: Isp; app: WebApp; id: string; path: string }) => Promise<void>,
): Promise<void> {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  Object.assign(isp.context, { links });
  const id = isp.subscriberIds[0]!;
  const path = pathOf(await links.mailAddress(isp.tenantId, id));
  await work({ isp, app: await createWebApp(isp.context), id, path });
}

const wantedOf = async (isp: Isp, id: string) =>
  (await isp.run((trx) => findSubscriber(trx, id)))?.mail_wanted;

function form(fields: Record<string, string>): RequestInit {
  return { method: "POST", body: new URLSearchParams(fields) };
}

Deno.test("a subscriber chooses which mails they want; opening the page changes nothing", async () => {
  await withReader(async ({ isp, app, id, path }) => {
    const page = await visit(app, path);
    assert.equal(page.status, 200);
    assert.match(page.text, /Mails of Ilaya Net to Subscriber 0\./);
    assert.doesNotMatch(page.html, /A-00001|<script/);
    await visit(app, `${path}?wanted=none&List-Unsubscribe=One-Click`);
    assert.equal(await wantedOf(isp, id), "all");
    const sent = await visit(app, path, form({ wanted: "none" }));
    assert.equal(sent.status, 303);
    assert.equal(await wantedOf(isp, id), "none");
    assert.match((await visit(app, `${path}?done=saved`)).text, /Saved\./);
    const consent = await isp.run((trx) => findLastConsent(trx, id));
    assert.deepEqual([consent?.wanted, consent?.source, consent?.said_by], ["none", "link", "Subscriber"]);
    assert.equal((await visit(app, path, form({ wanted: "everything" }))).status, 422);
    assert.equal((await visit(app, path, { method: "POST", body: "{}" })).status, 422);
    assert.equal(await wantedOf(isp, id), "none");
  });
});

Deno.test("a mail program unsubscribes with one click, as a form of either kind and twice; who wants nothing still gets nothing", async () => {
  await withReader(async ({ isp, app, id, path }) => {
    const click = form({ "List-Unsubscribe": "One-Click" });
    const answer = await visit(app, path, click);
    assert.equal(answer.status, 200);
    assert.equal(await wantedOf(isp, id), "no_reminders");
    const parts = new FormData();
    parts.set("List-Unsubscribe", "One-Click");
    assert.equal((await visit(app, path, { method: "POST", body: parts })).status, 200);
    const count = () =>
      isp.run(async (trx) => (await trx.selectFrom("mail_consents").select("id").execute()).length);
    assert.equal(await count(), 1);
    await visit(app, path, form({ wanted: "none" }));
    await visit(app, path, form({ "List-Unsubscribe": "One-Click" }));
    assert.equal(await wantedOf(isp, id), "none");
  });
});

Deno.test("an address of nobody leads nowhere and changes nothing", async () => {
  await withReader(async ({ isp, app, id, path }) => {
    const wrong = [
      "/m/x",
      path.slice(0, -1),
      path.slice(0, -2) + "AA",
      pathOf(await testLinks().mailAddress(isp.tenantId, id)),
      pathOf(await links.mailAddress(crypto.randomUUID(), id)),
      pathOf(await links.mailAddress(isp.tenantId, crypto.randomUUID())),
    ];
    for (const address of wrong) {
      assert.equal((await visit(app, address)).status, 404, address);
      assert.equal((await visit(app, address, form({ wanted: "none" }))).status, 404, address);
    }
    assert.equal(await wantedOf(isp, id), "all");
  });
});

Deno.test("the page speaks the subscriber's language", async () => {
  await withReader(async ({ isp, app, id, path }) => {
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ language: "fil" }).where("tenant_id", "=", trx.tenantId)
        .where("id", "=", id).execute()
    );
    assert.match((await visit(app, path)).html, /<html lang="fil">[\s\S]*Aling mga mail/);
  });
});

Deno.test("staff write down what a subscriber said, and the subscriber's page names who did", async () => {
  await withReader(async ({ isp, app, id }) => {
    const owner = await app.signIn(isp.tenantId, "Owner");
    const path = `/admin/subscribers/${id}/edit`;
    const fields = { name: "Subscriber 00001", mailLanguage: "fil", mailWanted: "no_reminders" };
    const sent = await owner.post(path, fields);
    assert.equal(sent.status, 303, sent.text);
    const person = await isp.run((trx) => findSubscriber(trx, id));
    assert.deepEqual([person?.language, person?.mail_wanted], ["fil", "no_reminders"]);
    const page = await owner.get(`/admin/subscribers/${id}`);
    assert.match(page.text, /No reminders · Filipino Said by Ana Reyes on/);
    await owner.post(path, { name: "Subscriber 00001" });
    assert.equal(await wantedOf(isp, id), "no_reminders");
    await owner.post(path, { ...fields, mailLanguage: "", mailWanted: "all" });
    assert.equal((await isp.run((trx) => findSubscriber(trx, id)))?.language, null);
  });
});
