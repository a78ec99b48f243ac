import assert from "node:assert/strict";
import type { Isp } from "@/tests/billing/isp.ts";
import { pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { pdfText } from "@/tests/support/pdf.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import type { ComposedMail } from "@/web/services/mail/mail_parts.ts";
import { billsOf, composeNow, pathOf, testLinks, visit } from "./_world.ts";

const links = testLinks();
const flat = (text: string | null) => text?.replace(/\s+/g, " ") ?? "";
const shown = (html: string) => flat(html.replace(/<[^>]+>/g, " "));

async function mailOf(
  isp: Isp,
  n: number,
  bill: string,
  occasion: "bill_issued" | "reminder" = "bill_issued",
) {
  return await composeNow(isp, links, { occasion, subscriber_id: isp.subscriberIds[n]!, bill_id: bill });
}

async function statementOf(mail: ComposedMail): Promise<string> {
  return flat(await pdfText(mail.attachments[0]!.content as Uint8Array<ArrayBuffer>));
}

function assertSays(mail: ComposedMail, words: RegExp): void {
  assert.match(flat(mail.text), words);
  assert.match(shown(mail.html), words);
}

function assertSilent(mail: ComposedMail): void {
  assert.doesNotMatch(flat(mail.text), /open from before|open on other|shows the account of/i);
}

Deno.test("an older bill is open: mail, reminder, public page and statement name what is to be paid in all", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T10:00");
  const { isp } = past;
  const [old = "", bill = ""] = await billsOf(isp, 1);
  const mail = await mailOf(isp, 1, bill);
  const note = /Also open from before: ₱1,000\.00; in all ₱2,000\.00\./;
  assertSays(mail, note);
  assertSays(mail, /Also open from before:? ₱1,000\.00 /);
  assert.match(await statementOf(mail), /₱2,000\.00/);
  assert.doesNotMatch(flat(mail.text), /shows the account of/, "the statement says the same sum");
  assertSays(await mailOf(isp, 1, bill, "reminder"), note);
  assertSays(await mailOf(isp, 1, old), /Also open on other bills: ₱1,000\.00; in all ₱2,000\.00\./);
  const app = await createWebApp({ ...isp.context, links });
  const path = pathOf(await links.billAddress({ id: bill, link_generation: 0 }));
  assert.match((await visit(app, path)).text, note);
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ language: "fil" }).where("tenant_id", "=", isp.tenantId).execute()
  );
  const filipino = /Natitira pa mula dati: ₱1,000\.00; ₱2,000\.00 sa kabuuan\./;
  assertSays(await mailOf(isp, 1, bill), filipino);
  assert.match((await visit(app, path)).text, filipino);
});

Deno.test("what is disputed or void is asked for by nobody, and a bill that is paid names the other one alone", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T10:00");
  const { isp } = past;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const [old = "", bill = ""] = await billsOf(isp, 0);
  assertOk(await disputeBill(...call, { billId: old, amountCentavos: null, reason: "Never had it" }));
  assert.doesNotMatch(flat((await mailOf(isp, 0, bill)).text), /open from before/i);
  const [oldest = "", newer = ""] = await billsOf(isp, 2);
  assertOk(await voidBill(...call, { billId: oldest, reason: "Wrong", periods: "never" }));
  assert.doesNotMatch(flat((await mailOf(isp, 2, newer)).text), /open from before/i);
  await pay(isp, 1, 1_000);
  const [paid = ""] = await billsOf(isp, 1);
  const mail = await mailOf(isp, 1, paid);
  assertSays(mail, /Also open on other bills: ₱1,000\.00\./);
});

Deno.test("paid while the mail waited: its subject asks for nothing, and it says that the statement is of before", async () => {
  await using past = await playedIsp({ subscribers: 3 }, "2026-02-03T10:00");
  const { isp } = past;
  const [bill = ""] = await billsOf(isp, 0);
  assertSilent(await mailOf(isp, 0, bill));
  await pay(isp, 0, 400);
  assertSays(
    await mailOf(isp, 0, bill),
    /shows the account of Sun, 1 Feb 2026; by now ₱600\.00 is left to pay in all\./,
  );
  await pay(isp, 0, 600);
  const mail = await mailOf(isp, 0, bill);
  assert.equal(mail.subject, "Your bill for 1–31 Jan 2026: nothing to pay");
  assertSays(mail, /The statement shows the account of Sun, 1 Feb 2026; it is paid since\./);
  assert.match(await statementOf(mail), /Amount due.*₱1,000\.00/);
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ language: "fil" }).where("tenant_id", "=", isp.tenantId).execute()
  );
  assertSays(await mailOf(isp, 0, bill), /Ayon sa account noong .*; bayad na ito mula noon\./);
});
