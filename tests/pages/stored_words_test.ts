import assert from "node:assert/strict";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { pay } from "@/tests/billing/isp.ts";
import { MARIA } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { legsOfBillVoided } from "@/web/domain/payments/mod.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { type Scene, withScene } from "../support/scene.ts";

const ROOT = new URL("../../", import.meta.url);
/** Rooms that write rows; what an agent answers goes through `agentWords`. */
const ROOMS = ["web/domain/", "web/jobs/", "web/services/", "web/store/"];
/** Columns and fields of them that pages show. */
const SHOWN =
  /\b(?:reason|note|description|summary|void_reason|reverse_reason|brake_reason|error_message|status_message)\b: (?:[\w.]+(?:\([\w.]*\))?(?:\.\w+)? (?:\?\?|\|\|) )?(["`])([^"`\n]*)\1/g;
const SENTENCE = /^[A-Z$][\w${}.]* |^\w+ \w+ /;

Deno.test("what is stored for readers is a code: no sentence is written into a row that pages show", async () => {
  const found: Record<string, string[]> = {};
  for (const room of ROOMS) {
    for await (const path of sourcesOf(new URL(room, ROOT))) {
      const sentences = sentencesOf(await Deno.readTextFile(path));
      if (sentences.length > 0) found[path.pathname.slice(ROOT.pathname.length)] = sentences;
    }
  }
  assert.deepEqual(found, {});
  assert.deepEqual(sentencesOf('note: textsOf(entry).note || "Put back on",'), ["Put back on"]);
  assert.equal(sentencesOf("description: `Voided ${bill.number}: ${WHY}`,").length, 1);
});

Deno.test("reasons that Linya gave, the account and the lines of a bill are read in the reader's language", async () => {
  await withScene("2026-02-14T08:00", async (scene) => {
    const { isp } = scene;
    const call = [isp.context, isp.tenantId, MARIA] as const;
    const [first, second, third] = isp.subscriptionIds as [string, string, string];
    const more = formatCoded(coded("reason_more_days", { days: 3 }));
    const untilOn = Temporal.PlainDate.from("2026-02-16");
    assertOk(await holdSubscription(...call, { subscriptionId: first, untilOn, reason: more }));
    const note = formatCoded(coded("disabled_on_router"));
    assertOk(await suspendSubscription(...call, { subscriptionId: second, reason: "admin", note }));
    assertOk(await holdSubscription(...call, { subscriptionId: third, untilOn, reason: "Pays on Monday" }));
    const { paymentId } = await pay(isp, 3, 1000);
    const mistake = formatCoded(coded("reason_posted_by_mistake"));
    assertOk(await reversePayment(...call, { paymentId, reason: mistake }));
    const billId = await billOf(scene, 4);
    assertOk(await voidBill(...call, { billId, reason: formatCoded(coded("run_of_future")) }));

    await says(scene, "/admin/tonight?view=held", /3 araw pa, ibinigay sa Tonight/, /Pays on Monday/);
    await says(scene, `/admin/subscribers/${isp.subscriberIds[0]}`, /3 araw pa, ibinigay sa Tonight/);
    await says(
      scene,
      `/admin/subscribers/${isp.subscriberIds[0]}/hold`,
      /value="3 araw pa, ibinigay sa Tonight"/,
    );
    await says(scene, `/admin/subscribers/${isp.subscriberIds[1]}`, /Disabled sa router/);
    await says(
      scene,
      `/admin/subscribers/${isp.subscriberIds[3]}`,
      /Binawi ang \S+: Maling na-post/,
    );
    await says(scene, `/admin/payments/${paymentId}`, /Binawi: Maling na-post/);
    await says(scene, `/admin/subscribers/${isp.subscriberIds[4]}`, /Na-void ang \S+: Mali ang oras/);
    await says(scene, `/admin/bills/${billId}`, /Void: Mali ang oras/, /1–31 Ene 2026/);
  });
});

Deno.test("what earlier versions stored as sentences is still shown, marked as English", async () => {
  await withScene("2026-02-14T08:00", async (scene) => {
    const { isp } = scene;
    const billId = await billOf(scene, 4);
    const subscriberId = isp.subscriberIds[4] ?? "";
    const at = isp.clock.now();
    const lines = [{ kind: "recurring" as const, amountCentavos: centavos(100n) }];
    await isp.run((trx) =>
      insertLedgerTransactions(trx, [{
        id: uuidv7(at.epochMilliseconds),
        kind: "bill_voided",
        business_on: Temporal.PlainDate.from("2026-02-14"),
        recorded_at: at,
        bill_id: billId,
        source_id: null,
        description: "Voided B-1: Wrong plan",
        actor: MARIA.label,
        legs: legsOfBillVoided({ subscriberId, lines }),
      }])
    );
    await says(scene, `/admin/subscribers/${subscriberId}`, /<span lang="en">Voided B-1: Wrong plan<\/span>/);
  });
});

async function billOf({ isp }: Scene, index: number): Promise<string> {
  const { id } = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[index]!).executeTakeFirstOrThrow()
  );
  return id;
}

async function says({ app, owner }: Scene, path: string, ...words: RegExp[]): Promise<void> {
  const headers = { "accept-language": "fil", cookie: owner.cookie };
  const answer = await app.handler(new Request(`http://linya.test${path}`, { headers }));
  const html = await answer.text();
  assert.equal(answer.status, 200, path);
  for (const expected of words) assert.ok(expected.test(html), `${path} does not say ${expected}`);
  // What a quotation mark is in HTML, however often it was escaped.
  assert.doesNotMatch(html, /\{(?:"|&(?:amp;)*quot;)code/, path);
}

function sentencesOf(source: string): string[] {
  return [...source.matchAll(SHOWN)].map((match) => match[2] ?? "").filter((text) => SENTENCE.test(text));
}

async function* sourcesOf(dir: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(dir)) {
    const url = new URL(encodeURIComponent(entry.name), dir);
    if (entry.isDirectory) yield* sourcesOf(new URL(`${url.href}/`));
    else if (/\.tsx?$/.test(entry.name) && !/_test\.tsx?$/.test(entry.name)) yield url;
  }
}
