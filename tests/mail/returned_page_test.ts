import assert from "node:assert/strict";
import type { Scene } from "@/tests/support/scene.ts";
import type { PageUser } from "@/tests/support/web_app.ts";
import { billIdsOf, queueOne, setMail, setUpMail, withUnmailedScene } from "./mail_scene.ts";
import { type ReturnedMail, returnedMail } from "./returned.ts";

const NOW = "2026-02-10T12:00";
const PATH = "/admin/mail/refused/returned";

/** Sends a file to the page, as a browser does; undefined: nothing was chosen. */
async function upload({ app }: Pick<Scene, "app">, user: PageUser, bytes: Uint8Array | undefined) {
  const page = await user.get(PATH);
  const form = new FormData();
  form.set("_csrf", /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? "");
  form.set("file", new File(bytes === undefined ? [] : [bytes.slice()], "returned.eml"));
  const origin = "http://linya.test";
  const headers = { cookie: user.cookie, origin };
  const answer = await app.handler(new Request(origin + PATH, { method: "POST", body: form, headers }));
  return { status: answer.status, location: answer.headers.get("location") ?? "", html: await answer.text() };
}

async function sendTo(scene: Pick<Scene, "isp">, n: number): Promise<string> {
  const id = await queueOne(scene.isp, { n });
  await setMail(scene.isp, id, {
    state: "sent",
    sent_at: scene.isp.clock.now(),
    message_id: `<soa-${n}@ilaya.test>`,
  });
  return id;
}

const about = (n: number, more: Partial<ReturnedMail> = {}) =>
  returnedMail({ messageId: `<soa-${n}@ilaya.test>`, to: `s${n}@mail.test`, ...more });

Deno.test("a returned mail that is added marks its bill and its address, and says whom to call (mail-19, mail-22)", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, owner } = scene;
    await setUpMail(isp, 2);
    const id = await sendTo(scene, 0);
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ phone: "0917 555 0101" }).where("id", "=", isp.subscriberIds[0]!)
        .execute()
    );
    const [bill] = await billIdsOf(isp);
    const answer = await upload(scene, owner, about(0));
    assert.equal(answer.status, 303);
    const said = await owner.get(answer.location);
    for (const words of ["Bounced: mailbox unknown, s0@mail.test", "Subscriber 00001", "0917 555 0101"]) {
      assert.ok(said.text.includes(words), words);
    }
    assert.ok(said.html.includes(`/admin/bills/${bill}`) && said.html.includes(`/admin/mail/${id}`));
    assert.match((await owner.get(`/admin/mail/${id}`)).text, /Bounced .*Reason Mailbox unknown/);
    assert.match((await owner.get(`/admin/bills/${bill}`)).text, /Bounced mailbox unknown/);
    assert.match((await owner.get("/admin/bills")).html, /pill bad">Bounced/);
    assert.match(
      (await owner.get(`/admin/subscribers/${isp.subscriberIds[0]}`)).text,
      /Address refused Mailbox unknown: 550 5\.1\.1 no such user/,
    );
    assert.match((await owner.get("/admin/mail/refused.csv")).html, /0917 555 0101.*s0@mail\.test/);
    assert.match((await owner.get("/admin/mail?reason=returned")).text, /1 of 1/);
    const twice = await upload(scene, owner, about(0));
    assert.match((await owner.get(twice.location)).text, /Noted before: s0@mail\.test/);
  });
});

Deno.test("a delay is no bounce, a full mailbox is not refused, and a policy marks no address (mail-20)", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, owner } = scene;
    await setUpMail(isp, 3);
    for (const n of [0, 1, 2]) await sendTo(scene, n);
    for (
      const [n, more, words] of [
        [0, { action: "delayed", status: "4.4.7" }, /Only delayed: s0@mail\.test.*Nothing|no bounce/],
        [1, { status: "5.2.2" }, /Bounced: full or away for now, s1@mail\.test/],
        [2, { status: "5.7.1" }, /Bounced: the message was not taken, s2@mail\.test/],
      ] as const
    ) {
      const answer = await upload(scene, owner, about(n, more));
      assert.match((await owner.get(answer.location)).text, words);
    }
    const refused = await owner.get("/admin/mail/refused");
    assert.match(refused.text, /s1@mail\.test/);
    assert.doesNotMatch(refused.text, /s0@mail|s2@mail/);
  });
});

Deno.test("a file that is no returned mail of ours changes nothing and says why", async () => {
  await withUnmailedScene(NOW, async (scene) => {
    const { isp, app, owner } = scene;
    await setUpMail(isp, 1);
    await sendTo(scene, 0);
    const words = new TextEncoder();
    for (
      const [file, why] of [
        [undefined, /Choose the file of the returned mail/],
        [words.encode("Subject: Hello\r\n\r\nI am away until Monday."), /not a returned mail/],
        [about(7), /No mail that was sent from here/],
        [about(0, { to: "other@mail.test" }), /No mail that was sent from here/],
        [new Uint8Array(1_000_001), /976/],
      ] as const
    ) {
      const answer = await upload(scene, owner, file);
      assert.equal(answer.status, 422, String(why));
      assert.match(answer.html, why);
    }
    assert.match((await owner.get("/admin/mail/refused")).text, /No address was refused/);
    const reader = await app.signIn(isp.tenantId, ["mail:read"]);
    assert.doesNotMatch((await reader.get("/admin/mail/refused")).text, /Read a returned mail/);
    assert.ok([403, 404].includes((await reader.get(PATH)).status));
    assert.ok([403, 404].includes((await upload(scene, reader, about(0))).status));
  });
});
