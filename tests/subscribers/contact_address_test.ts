import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { withScene } from "@/tests/support/scene.ts";
import { saveCompany } from "@/web/services/settings/save_company.ts";
import { updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

Deno.test("a subscriber's e-mail is one plain address, refused with the reason; an odd one that is saved stays editable", async () => {
  await withScene("2026-01-10T10:00", async ({ isp, owner }) => {
    const id = isp.subscriberIds[0]!;
    const page = `/admin/subscribers/${id}/edit`;
    const fields = {
      name: "Ana Reyes",
      phone: "",
      address: "",
      barangay: "",
      city: "",
      notes: "",
      withholding: "",
    };
    const table: [string, RegExp][] = [
      ["ana@isp.example, ben@isp.example", /one address only/],
      ['"ana"@isp.example', /quotation marks/],
      ["niña@isp.example", /without ñ/],
      ["ana@isp", /no domain/],
      ["ana", /whole e-mail address/],
    ];
    for (const [email, words] of table) {
      const refused = await owner.post(page, { ...fields, email });
      assert.equal(refused.status, 422, email);
      assert.match(refused.html, /id="f-email-error"/);
      assert.match(refused.text, words);
    }
    const odd = "ana@isp.example; ben@isp.example";
    await isp.run((trx) => trx.updateTable("subscribers").set({ email: odd }).where("id", "=", id).execute());
    const before = await isp.run((trx) => findSubscriber(trx, id));
    assert.ok(before !== null);
    assertOk(
      await updateSubscriber(isp.context, isp.tenantId, isp.actor, {
        subscriberId: id,
        name: "Ana Reyes-Cruz",
        phone: null,
        email: odd,
        address: null,
        notes: null,
      }),
    );
    assert.equal((await isp.run((trx) => findSubscriber(trx, id)))?.email, odd);
    assert.equal((await owner.post(page, { ...fields, email: "ana@peñafrancia.example" })).status, 303);
    assert.equal((await isp.run((trx) => findSubscriber(trx, id)))?.email, "ana@xn--peafrancia-u9a.example");
  });
});

Deno.test("the company's e-mail is checked the same way", async () => {
  await withScene("2026-01-10T10:00", async ({ isp }) => {
    const save = async (email: string, revision: number) =>
      await saveCompany(isp.context, isp.tenantId, isp.actor, {
        revision,
        name: "Ilaya Net",
        phone: null,
        email,
        address: null,
        brandColour: null,
      });
    const refused = await save("a@isp.example,b@isp.example", 0);
    assert.equal(refused.ok ? "saved" : refused.code, "address_several");
    assertOk(await save("office@isp.example", 0));
    await isp.run((trx) =>
      trx.updateTable("tenants").set({ email: "odd@@isp" }).where("id", "=", isp.tenantId).execute()
    );
    assertOk(await save("odd@@isp", 1));
    assert.equal((await isp.run(getTenant)).email, "odd@@isp");
  });
});
