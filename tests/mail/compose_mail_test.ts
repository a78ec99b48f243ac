import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { centavos } from "@/shared/money/mod.ts";
import { createIsp, type Isp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { buy, createPrepaidIsp } from "@/tests/billing/prepaid_isp.ts";
import { playedIsp, playedOnce } from "@/tests/support/played.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { upsertMailText } from "@/web/store/mail/mail_texts.ts";
import { upsertObservedSecrets } from "@/web/store/network/observed.ts";
import { billsOf, composeNow, testLinks } from "./_world.ts";

const links = testLinks();

Deno.test("the mail of a bill states period, due date, amount and its public address, in the subscriber's language", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const [bill] = await billsOf(isp, 0);
  const message = { occasion: "bill_issued" as const, subscriber_id: isp.subscriberIds[0]!, bill_id: bill! };
  const english = await composeNow(isp, links, message);
  assert.equal(english.language, "en");
  assert.equal(english.toName, "Subscriber 00001");
  const address = await links.billAddress({ id: bill!, link_generation: 0 });
  for (const said of ["1–31 Jan 2026", "Sun, 8 Feb 2026", "₱1,000.00", address]) {
    assert.ok(english.text.includes(said) && english.html.includes(said), said);
  }
  assert.deepEqual(english.headers, {});
  assert.match(english.text, /The Statement of Account is attached\./);
  const [statement, ...others] = english.attachments;
  assert.deepEqual(others, []);
  assert.match(statement!.fileName, /^statement-SOA-\d{6}\.pdf$/);
  assert.equal(statement!.contentType, "application/pdf");
  assert.match(new TextDecoder("latin1").decode(statement!.content), /^%PDF-1\./);
  isp.clock.advance({ hours: 30 });
  await pay(isp, 0, 100);
  const again = await composeNow(isp, links, message);
  assert.deepEqual(again.attachments[0]!.content, statement!.content, "the same file when it is sent again");
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ language: "fil" }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", message.subscriber_id).execute()
  );
  const filipino = await composeNow(isp, links, message);
  assert.match(filipino.subject, /^Bill mo para sa 1–31 Ene 2026/);
});

Deno.test("a name that was stored with a line break gets its mail, with the name on one line", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const [bill] = await billsOf(isp, 0);
  const subscriber_id = isp.subscriberIds[0]!;
  await isp.run(async (trx) => {
    await trx.updateTable("subscribers").set({ name: "Juan\r\nCruz\t" }).where("id", "=", subscriber_id)
      .where("tenant_id", "=", isp.tenantId).execute();
    await trx.updateTable("tenants").set({ name: "Ilaya\nNet" }).where("id", "=", isp.tenantId).execute();
    await upsertMailText(trx, {
      occasion: "bill_issued",
      language: "en",
      subject: "{company}: bill of {name}",
      body: "Hello",
      revision: 1,
      saved_at: isp.clock.now(),
      saved_by: "Ana",
    });
  });
  const mail = await composeNow(isp, links, { occasion: "bill_issued", subscriber_id, bill_id: bill! });
  assert.equal(mail.toName, "Juan Cruz");
  assert.doesNotMatch(mail.subject, /[\r\n]/);
});

Deno.test("a reminder counts the days from the day on which it goes, and can be unsubscribed from", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const [bill] = await billsOf(isp, 0);
  const subscriberId = isp.subscriberIds[0]!;
  const remind = () =>
    composeNow(isp, links, {
      occasion: "reminder",
      subscriber_id: subscriberId,
      bill_id: bill!,
      facts: { dueOn: "2026-02-08", days: 5, billIds: [bill!] },
    });
  const mail = await remind();
  assert.match(mail.text, /bill for .* is due in 5 days/);
  assert.equal(
    mail.headers["List-Unsubscribe"],
    `<${await links.mailAddress(isp.tenantId, subscriberId)}>`,
  );
  assert.equal(mail.headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
  isp.clock.set(Temporal.Instant.from("2026-02-08T08:00:00+08:00"));
  assert.match((await remind()).text, /is due today/);
});

Deno.test("the company's own text takes the place of the shipped one, and the facts stay", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const [bill] = await billsOf(isp, 0);
  await isp.run((trx) =>
    upsertMailText(trx, {
      occasion: "bill_issued",
      language: "en",
      subject: "Ilaya bill {number}",
      body: "Kumusta {name}",
      revision: 1,
      saved_at: isp.clock.now(),
      saved_by: "Ana",
    })
  );
  const mail = await composeNow(isp, links, {
    occasion: "bill_issued",
    subscriber_id: isp.subscriberIds[0]!,
    bill_id: bill!,
  });
  assert.match(mail.subject, /^Ilaya bill \S+$/);
  assert.match(mail.text, /Kumusta Subscriber 00001/);
  assert.match(mail.text, /Due date: Sun, 8 Feb 2026/);
});

async function paymentMail(isp: Isp, paymentId: string, restored: string[] = []) {
  const { subscriber_id } = await isp.run((trx) =>
    trx.selectFrom("payments").select("subscriber_id").where("id", "=", paymentId).executeTakeFirstOrThrow()
  );
  return await composeNow(isp, links, {
    occasion: "payment_received",
    subscriber_id,
    payment_id: paymentId,
    facts: { restored },
  });
}

Deno.test("the confirmation of a part payment says what is left; after the bill is void it speaks of no bill, and reversed it says so", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const { paymentId } = await pay(isp, 0, 400);
  const [bill] = await billsOf(isp, 0);
  const partly = (await paymentMail(isp, paymentId)).text;
  assert.match(partly, /Received: ₱400\.00/);
  assert.match(partly, /₱400\.00 for 1–31 Jan 2026, due Sun, 8 Feb 2026\. ₱600\.00 of it is left\./);
  assert.match(partly, /Left to pay: ₱600\.00/);
  assert.doesNotMatch(partly, /enabled/);
  assertOk(await reversePayment(...call, { paymentId, reason: "bounced" }));
  const reversed = (await paymentMail(isp, paymentId)).text;
  assert.match(reversed, /taken back since/);
  assert.doesNotMatch(reversed, /for 1–31 Jan/);
  assertOk(await voidBill(...call, { billId: bill!, reason: "wrong", periods: "never" }));
  const mail = await composeNow(isp, links, {
    occasion: "bill_issued",
    subscriber_id: isp.subscriberIds[0]!,
    bill_id: bill!,
  });
  assert.match(mail.text, /Status: Void/);
  assert.match(mail.text, /Nothing to pay/);
});

Deno.test("a payment that brings a connection back says enabled only once the router was read so", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-14T10:00");
  const { isp } = past;
  const { paymentId, restored } = await pay(isp, 1, 1000);
  assert.deepEqual(restored, [isp.subscriptionIds[1]]);
  const mail = () => paymentMail(isp, paymentId, [...restored]);
  assert.match((await mail()).text, /Fiber 50 is being enabled/);
  const report = (disabled: boolean) =>
    isp.run((trx) =>
      upsertObservedSecrets(trx, isp.routerIds[1]!, {
        at: isp.clock.now().add({ seconds: 5 }),
        secrets: [{
          name: "user2",
          present: true,
          disabled,
          profile: "50M",
          online: false,
          address: null,
          caller_id: null,
          uptime_seconds: null,
          drift: null,
        }],
      })
    );
  await report(true);
  assert.match((await mail()).text, /Fiber 50 is being enabled/);
  await report(false);
  assert.match((await mail()).text, /Fiber 50 is enabled on the router/);
  await isp.run((trx) =>
    trx.updateTable("desired_secrets").set({ removed_at: isp.clock.now() })
      .where("subscription_id", "=", isp.subscriptionIds[1]!).execute()
  );
  assert.match((await mail()).text, /Fiber 50 may be used again/, "no router is managed");
  await isp.run((trx) =>
    trx.updateTable("desired_secrets").set({ removed_at: null })
      .where("subscription_id", "=", isp.subscriptionIds[1]!).execute()
  );
  assertOk(await reversePayment(isp.context, isp.tenantId, isp.actor, { paymentId, reason: "bounced" }));
  assert.doesNotMatch((await mail()).text, /enabled/);
});

Deno.test("notice, cut and hold name what the connection itself owes past grace", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-13T10:00");
  const { isp } = past;
  const about = { subscriber_id: isp.subscriberIds[2]!, subscription_id: isp.subscriptionIds[2]! };
  const notice = () =>
    composeNow(isp, links, {
      ...about,
      occasion: "cut_notice",
      facts: { cutOn: "2026-02-14", days: 1, debt: "due:2026-02-08" },
    });
  assert.match((await notice()).text, /Pay ₱1,000\.00 before Sat, 14 Feb 2026, 09:00 and Fiber 50 stays on/);
  await pay(isp, 2, 300);
  const partly = await notice();
  assert.match(partly.text, /Pay ₱700\.00 before/);
  assert.match(partly.text, /http:\/\/linya\.test\/b\//);
  await liveUntil(isp, "2026-02-14T10:00");
  const cut = await composeNow(isp, links, { ...about, occasion: "cut" });
  assert.match(cut.text, /Pay ₱700\.00 and it comes back/);
  const hold = await composeNow(isp, links, {
    ...about,
    occasion: "hold_granted",
    facts: { holdId: crypto.randomUUID(), untilOn: "2026-02-20" },
  });
  assert.match(hold.subject, /until Fri, 20 Feb 2026/);
  assert.match(hold.text, /₱700\.00 is left to pay/);
});

Deno.test("a disputed bill says so, and a credit says why and what is left", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const [bill] = await billsOf(isp, 3);
  const subscriberId = isp.subscriberIds[3]!;
  assertOk(
    await disputeBill(...call, { billId: bill!, amountCentavos: centavos(100_000), reason: "not mine" }),
  );
  const mail = await composeNow(isp, links, {
    occasion: "bill_issued",
    subscriber_id: subscriberId,
    bill_id: bill!,
  });
  assert.match(mail.text, /Status: Disputed/);
  const { memoId } = assertOk(
    await issueMemo(...call, {
      subscriberId: isp.subscriberIds[4]!,
      kind: "goodwill",
      amountCentavos: centavos(10_000),
      billId: null,
      reason: "Two days without service",
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  const credit = await composeNow(isp, links, {
    occasion: "credit_given",
    subscriber_id: isp.subscriberIds[4]!,
    memo_id: memoId,
  });
  assert.match(credit.text, /Credit: ₱100\.00/);
  assert.match(credit.text, /Why: Two days without service/);
  assert.match(credit.text, /Left to pay: ₱900\.00/);
});

Deno.test("a bill that credit pays at once says so", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-01-20T10:00");
  const { isp } = past;
  await pay(isp, 5, 1500);
  await liveUntil(isp, "2026-02-02T10:00");
  const [bill] = await billsOf(isp, 5);
  const mail = await composeNow(isp, links, {
    occasion: "bill_issued",
    subscriber_id: isp.subscriberIds[5]!,
    bill_id: bill!,
  });
  assert.match(mail.text, /₱1,000\.00 was paid from your credit at once/);
  assert.match(mail.text, /^Bill [^:\n]+: Nothing to pay$/m);
  assert.match(mail.subject, /: nothing to pay$/);
  assert.doesNotMatch(mail.text, /Ways to pay/);
});

Deno.test("a connection that pays up front is told until when it is paid", async () => {
  await using past = await playedOnce("a prepaid line with days", async (database) => {
    const isp = await createPrepaidIsp(database);
    assertOk(await buy(isp, 0));
    return isp;
  });
  const { isp } = past;
  const notice = await composeNow(isp, links, {
    occasion: "cut_notice",
    subscriber_id: isp.subscriberIds[0]!,
    subscription_id: isp.subscriptionIds[0]!,
    facts: { cutOn: todayOf(isp).add({ days: 30 }).toString(), days: 1, debt: "prepaid:2026-01-30" },
  });
  assert.match(notice.text, /Paid until the end of: Fri, 30 Jan 2026/);
  assert.match(notice.text, /Goes off on: Sat, 31 Jan 2026, 09:00/);
  assert.match(notice.text, /New days: ₱500\.00 for 30 days/);
  assert.match(notice.text, /Buy new days before then and it stays on/);
  const [bill] = await billsOf(isp, 0);
  const bought = await composeNow(isp, links, {
    occasion: "bill_issued",
    subscriber_id: isp.subscriberIds[0]!,
    bill_id: bill!,
  });
  assert.match(bought.text, /You are paid until the end of Fri, 30 Jan 2026/);
  assert.doesNotMatch(bought.text, /from your credit/);
});

Deno.test("of a joint bill a notice asks for what the connection itself owes, and the confirmation tells what is left of the bill", async () => {
  await using past = await playedOnce(
    "two connections on one bill until the day before the cut",
    async (database) => {
      const isp = await createIsp(database, { subscribers: 2 });
      await isp.run((trx) =>
        trx.updateTable("subscriptions").set({ subscriber_id: isp.subscriberIds[0]! })
          .where("tenant_id", "=", trx.tenantId).execute()
      );
      await liveUntil(isp, "2026-02-13T10:00");
      return isp;
    },
  );
  const { isp } = past;
  const { paymentId } = await pay(isp, 0, 1200);
  const confirmation = (await paymentMail(isp, paymentId)).text;
  assert.match(confirmation, /Left to pay: ₱800\.00/);
  const notice = async (n: number) =>
    (await composeNow(isp, links, {
      occasion: "cut_notice",
      subscriber_id: isp.subscriberIds[0]!,
      subscription_id: isp.subscriptionIds[n]!,
      facts: { cutOn: "2026-02-14", days: 1, debt: "due:2026-02-08" },
    })).text;
  const notices = [await notice(0), await notice(1)];
  assert.equal(notices.filter((text) => text.includes("Nothing is left to pay for Fiber 50")).length, 1);
  assert.doesNotMatch(notices.join(), /Ask us/);
  const asked = notices.map((text) => /^Pay (₱[\d,.]+) before/m.exec(text)?.[1]);
  assert.deepEqual(asked.toSorted(), ["₱800.00", undefined]);
});

Deno.test("a reminder of several bills of one due date lists each with period, amount and address, and the sum", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-03T10:00");
  const { isp } = past;
  const [bill] = await billsOf(isp, 0);
  // What the ladder names together: here of two people, whose bills have one due date.
  const [other] = await billsOf(isp, 1);
  await pay(isp, 1, 300);
  const remind = async (billIds: string[]) =>
    await composeNow(isp, links, {
      occasion: "reminder",
      subscriber_id: isp.subscriberIds[0]!,
      bill_id: billIds[0]!,
      facts: { dueOn: "2026-02-08", days: 5, billIds },
    });
  const mail = await remind([bill!, other!]);
  assert.match(mail.subject, /₱1,700\.00, due Sun, 8 Feb 2026/);
  assert.match(mail.text, /Left to pay: ₱1,700\.00/);
  for (const amount of ["₱1,000.00", "₱700.00"]) {
    assert.ok(mail.text.includes(`${amount} to pay for 1–31 Jan 2026, due Sun, 8 Feb 2026.`), mail.text);
  }
  for (const id of [bill!, other!]) {
    const address = await links.billAddress({ id, link_generation: 0 });
    assert.ok(mail.text.includes(address) && mail.html.includes(`href="${address}"`));
  }
  await pay(isp, 1, 700);
  const left = await remind([bill!, other!]);
  assert.match(left.subject, /₱1,000\.00/);
  assert.doesNotMatch(left.text, /to pay for/, "what is paid meanwhile is not listed");
});

Deno.test("a person's reminder goes also past the due date and says so; a row of an older shape is made of its bill", async () => {
  await using past = await playedIsp({ subscribers: 12 }, "2026-02-10T10:00");
  const { isp } = past;
  const [bill] = await billsOf(isp, 0);
  for (const facts of [{ billIds: [bill!] }, {}, { step: "before_due", days: 3 }]) {
    const mail = await composeNow(isp, links, {
      occasion: "reminder",
      subscriber_id: isp.subscriberIds[0]!,
      bill_id: bill!,
      facts,
    });
    assert.match(mail.text, /Your bill for 1–31 Jan 2026 is due now \(2 days late\)\./);
    assert.match(mail.text, /Was due on Sun, 8 Feb 2026: ₱1,000\.00/);
  }
});
