import assert from "node:assert/strict";
import fc from "fast-check";
import { centavos } from "@/shared/money/mod.ts";
import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import type { MailBrand, MailFacts, OnRouter } from "@/web/domain/mail/content.ts";
import { textProblem } from "@/web/domain/mail/texts.ts";
import { MAIL_LANGUAGES, OCCASIONS } from "@/web/domain/mail/types.ts";
import { renderMail, sampleFacts, shippedTexts } from "./mod.ts";

const TODAY = Temporal.PlainDate.from("2027-01-05");
const BRAND: MailBrand = {
  company: "Ilaya Net",
  colour: "#0e8a6b",
  logo: null,
  phone: "0917 123 4567",
  email: "office@ilaya.example",
  address: "12 Rizal St, Ilaya",
  waysToPay: "GCash 0917 123 4567\nOffice, 8 to 5",
};

for (const occasion of OCCASIONS) {
  for (const language of MAIL_LANGUAGES) {
    Deno.test(`the mail ${occasion} in ${language}`, async (t) => {
      const texts = shippedTexts(occasion, language);
      const mail = renderMail(sampleFacts(occasion, TODAY), BRAND, { language, texts });
      await t.assertSnapshot(`${mail.subject}\n\n${mail.text}`);
      assert.doesNotMatch(mail.html, /<script|<img|\{[a-z_]+\}|undefined|null/);
      assert.doesNotMatch(mail.text, /\{[a-z_]+\}|undefined|null/);
    });
  }
}

Deno.test("the HTML of a mail", async (t) => {
  const texts = shippedTexts("bill_issued", "en");
  const brand = { ...BRAND, logo: { type: "png" as const, bytes: new Uint8Array(1) } };
  await t.assertSnapshot(
    renderMail(sampleFacts("bill_issued", TODAY), brand, { language: "en", texts }).html,
  );
});

Deno.test("the shipped texts hold none but the variables of their occasion", () => {
  for (const occasion of OCCASIONS) {
    for (const language of MAIL_LANGUAGES) {
      const { subject, body } = shippedTexts(occasion, language);
      assert.deepEqual([subject, body].map((text) => textProblem(text, occasion)), [null, null]);
    }
  }
});

Deno.test("every mail about a bill states period, due date, amount and link, whatever the company wrote", () => {
  const texts = { subject: "Hello", body: "Hello" };
  for (const occasion of ["bill_issued", "reminder", "payment_received", "cut_notice", "cut"] as const) {
    for (const language of MAIL_LANGUAGES) {
      const facts = sampleFacts(occasion, TODAY);
      const { told } = facts;
      assert.ok("bill" in told || "bills" in told);
      const bill = "bills" in told ? told.bills[0]! : told.bill!;
      const mail = renderMail(facts, BRAND, { language, texts });
      for (
        const said of [
          formatPeriod(bill.period.start, bill.period.end, language),
          formatDate(bill.dueOn, language),
          formatPeso(centavos(149_900)),
          bill.link,
        ]
      ) {
        assert.ok(mail.html.includes(said), `${occasion} ${language} html: ${said}`);
        assert.ok(mail.text.includes(said), `${occasion} ${language} text: ${said}`);
      }
    }
  }
});

Deno.test("a bill with nothing left to pay says so in subject and first line, and when nothing is due", () => {
  const facts = sampleFacts("bill_issued", TODAY);
  assert.equal(facts.told.occasion, "bill_issued");
  const { bill } = facts.told as Extract<MailFacts["told"], { occasion: "bill_issued" }>;
  const paid: MailFacts = {
    ...facts,
    told: {
      occasion: "bill_issued",
      bill: { ...bill, leftCentavos: centavos(0), status: "paid" },
      others: null,
    },
  };
  const words = { en: [/nothing to pay/i, /due/i], fil: [/wala(ng| nang) babayaran/i, /due/i] } as const;
  for (const language of MAIL_LANGUAGES) {
    const shipped = shippedTexts("bill_issued", language);
    const mail = renderMail(paid, BRAND, { language, texts: shipped });
    const [nothing, due] = words[language];
    const [head = ""] = mail.text.split("\n").filter((line) => nothing.test(line));
    assert.match(mail.subject, nothing);
    assert.doesNotMatch(mail.subject, due);
    assert.doesNotMatch(mail.subject, /₱/);
    assert.match(head, nothing);
    assert.doesNotMatch(head, /₱/);
    // What the company wrote stays, and asks for nothing; the other half of its text is what Linya ships.
    const own = renderMail(paid, BRAND, { language, texts: { ...shipped, subject: "Pay {amount}" } });
    assert.equal(own.subject, "Pay ₱0.00");
    assert.equal(own.text, mail.text);
    const open = renderMail(facts, BRAND, { language, texts: shipped });
    assert.match(open.subject, /₱.*due/);
  }
});

Deno.test("a router that was not read yet is not said to have a connection enabled", () => {
  const restored = (onRouter: OnRouter) => {
    const facts: MailFacts = {
      ...sampleFacts("restored", TODAY),
      told: { occasion: "restored", plan: "Fiber", onRouter },
    };
    return renderMail(facts, BRAND, { language: "en", texts: shippedTexts("restored", "en") }).text;
  };
  assert.match(restored("done"), /Fiber is enabled on the router/);
  assert.doesNotMatch(restored("under_way"), /is enabled/);
  assert.match(restored("under_way"), /is being enabled/);
  assert.match(restored("unmanaged"), /Fiber may be used again\./);
  assert.doesNotMatch(restored("unmanaged"), /router/);
});

Deno.test("a connection that is cut is said to be off on the router only where it was read so", () => {
  const cut = (onRouter: OnRouter, language: "en" | "fil") => {
    const facts = sampleFacts("cut", TODAY);
    assert.equal(facts.told.occasion, "cut");
    const told = { ...facts.told, onRouter } as MailFacts["told"];
    const mail = renderMail({ ...facts, told }, BRAND, { language, texts: shippedTexts("cut", language) });
    return `${mail.subject} ${mail.text}`;
  };
  assert.match(cut("done", "en"), /is off on the router already/);
  assert.match(cut("done", "fil"), /Naka-off na/);
  for (const unknown of ["under_way", "unmanaged"] as const) {
    assert.match(cut(unknown, "en"), /is being switched off/);
    assert.doesNotMatch(cut(unknown, "en"), /is off|was switched|router/);
    assert.doesNotMatch(cut(unknown, "fil"), /Naka-off|Putol ang|router/);
  }
});

Deno.test("a credit says where it went: off what was billed, to the next bill, or both", () => {
  const credit = (applied: bigint, waiting: bigint) => {
    const facts = sampleFacts("credit_given", TODAY);
    const told = {
      ...facts.told,
      appliedCentavos: centavos(applied),
      waitingCentavos: centavos(waiting),
    } as MailFacts["told"];
    return renderMail({ ...facts, told }, BRAND, {
      language: "en",
      texts: shippedTexts("credit_given", "en"),
    }).text;
  };
  assert.match(credit(10_000n, 0n), /It was taken off what you were billed/);
  assert.match(credit(0n, 10_000n), /It is taken off your next bill/);
  assert.doesNotMatch(credit(0n, 10_000n), /billed/);
  assert.match(
    credit(4_000n, 6_000n),
    /₱40\.00 of it was taken off .*₱60\.00 of it is taken off your next bill/s,
  );
  assert.doesNotMatch(credit(0n, 0n), /taken off/, "paid back");
});

Deno.test("a colour on which nothing can be read gives way to Linya's", () => {
  const html = (colour: string) =>
    renderMail(sampleFacts("bill_issued", TODAY), { ...BRAND, colour }, {
      language: "en",
      texts: shippedTexts("bill_issued", "en"),
    }).html;
  assert.match(html("#ffe000"), /background:#ffe000;color:#15202b/);
  assert.match(html("#7a7a7a"), /background:#2451c7;color:#ffffff/);
});

const HOSTILE = [
  "Juan\r\nBcc: all@example.com",
  '<script>alert(1)</script> "Ñ" &amp; \'',
  "{amount} {name} {{x}}",
  "😀👩‍👩‍👧‍👦\u202eevil\u0000",
  "\ud800 half a letter",
  "x".repeat(5000),
];

Deno.test("names and texts of others stay text: no header, no markup, no variable comes of them", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...OCCASIONS),
      fc.constantFrom(...MAIL_LANGUAGES),
      fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })),
      (occasion, language, odd) => {
        const facts = { ...sampleFacts(occasion, TODAY), name: odd, account: odd };
        const brand = { ...BRAND, company: odd, phone: odd, email: odd, address: odd, waysToPay: odd };
        const texts = { subject: `{name} ${odd}`, body: `{name}\n\n${odd}` };
        const mail = renderMail(facts, brand, { language, texts });
        assert.doesNotMatch(mail.subject, /\p{Cc}|\u2028/u);
        assert.ok(mail.subject.length <= 200);
        assert.ok(mail.html.isWellFormed() && mail.text.isWellFormed());
        const tags = new Set(mail.html.replace(/<style>[^<]*<\/style>/, "").match(/<\/?[a-zA-Z!][^\s>]*/g));
        for (const tag of tags) assert.ok(KNOWN_TAGS.has(tag.replace(/^<\/?/, "")), tag);
      },
    ),
    { numRuns: 200 },
  );
});

const KNOWN_TAGS = new Set(
  "!DOCTYPE html head meta title style body div table tr td p a br br/ img span".split(" "),
);

Deno.test("a name that looks like a variable is not filled in", () => {
  const facts = { ...sampleFacts("cut", TODAY), name: "{plan}" };
  const { text } = renderMail(facts, BRAND, { language: "en", texts: { subject: "x", body: "Hi {name}" } });
  assert.match(text, /Hi \{plan\}/);
});
