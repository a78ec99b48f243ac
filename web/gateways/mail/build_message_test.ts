import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { simpleParser } from "mailparser";
import { buildMessage, envelopeAddress, UnsendableMail } from "./build_message.ts";
import type { OutgoingMail } from "./types.ts";

const MAIL: OutgoingMail = {
  from: { name: "Ilaya Net", address: "bills@ilaya.test" },
  replyTo: "help@ilaya.test",
  to: { name: "Juan Cruz", address: "juan@example.test" },
  subject: "Your bill",
  html: "<p>Your bill</p>",
  text: "Your bill",
  messageId: "<1@ilaya.test>",
  date: Temporal.Instant.from("2026-02-03T04:05:06Z"),
  headers: {},
  attachments: [],
};

function parse(mail: Partial<OutgoingMail>) {
  return simpleParser(Buffer.from(buildMessage({ ...MAIL, ...mail }).bytes));
}

Deno.test("a message reads as it was written: letters, lines, files, headers", async () => {
  const pdf = crypto.getRandomValues(new Uint8Array(28_600));
  const logo = crypto.getRandomValues(new Uint8Array(401));
  const text = ".\r\n.dots\nMabuhay ₱1,499.00 " + "walang patid ".repeat(40) + "\nend ";
  const subject = "Bill of ₱1,499.00 for Niño Peñaranda, and it goes on until the line is far too long 🧾"
    .repeat(2);
  const link = `<https://ilaya.test/u/${"a".repeat(120)}>`;
  const mail = await parse({
    from: { name: 'Ilaya "Net", Inc.', address: "bills@ilaya.test" },
    to: { name: "Niño Peñaranda", address: "nino@example.test" },
    subject,
    text,
    html: '<p>Mabuhay ₱ <img src="cid:logo"></p>',
    headers: { "List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    attachments: [
      { fileName: "Statement Niño.pdf", contentType: "application/pdf", content: pdf },
      { fileName: "logo.png", contentType: "image/png", content: logo, contentId: "logo" },
    ],
  });
  assert.equal(mail.subject, subject);
  assert.deepEqual(mail.from?.value[0], { name: 'Ilaya "Net", Inc.', address: "bills@ilaya.test" });
  assert.deepEqual(Array.isArray(mail.to) ? null : mail.to?.value[0], {
    name: "Niño Peñaranda",
    address: "nino@example.test",
  });
  assert.equal(mail.text?.trimEnd(), text.replaceAll("\r\n", "\n").trimEnd());
  assert.match(String(mail.html), /Mabuhay ₱/);
  assert.equal(mail.messageId, "<1@ilaya.test>");
  assert.equal(mail.date?.toISOString(), "2026-02-03T04:05:06.000Z");
  assert.equal(mail.replyTo?.value[0]?.address, "help@ilaya.test");
  const files = new Map(mail.attachments.map((file) => [file.filename, file]));
  assert.deepEqual(new Uint8Array(files.get("Statement Niño.pdf")!.content), pdf);
  assert.deepEqual(new Uint8Array(files.get("logo.png")!.content), logo);
  assert.equal(files.get("logo.png")!.related, true);
});

Deno.test("no line is longer than a server must take, and every line ends in CR LF", () => {
  const raw = new TextDecoder().decode(
    buildMessage({ ...MAIL, text: "x".repeat(5_000), html: `<p>${"ñ".repeat(5_000)}</p>` }).bytes,
  );
  for (const line of raw.split("\r\n")) {
    assert.ok(line.length <= 998 && !/[\r\n]/.test(line), line.slice(0, 80));
  }
});

Deno.test("no line with an encoded word is longer than RFC 2047 allows, the header's name counted", async () => {
  const long = "Bill mo para sa 1–31 Ene 2026: ₱1,499.00, due Sun, 8 Feb 2026";
  const mail: OutgoingMail = {
    ...MAIL,
    from: { name: "Señor Niño ".repeat(8), address: "a@isp.test" },
    to: { name: "Ñandú ".repeat(12), address: "b@example.test" },
    subject: long,
    headers: { [`X-${"A".repeat(70)}`]: "₱" },
  };
  const [head = ""] = new TextDecoder().decode(buildMessage(mail).bytes).split("\r\n\r\n");
  const words = head.split("\r\n").filter((line) => line.includes("=?"));
  assert.ok(words.length > 6, head);
  assert.deepEqual(words.filter((line) => line.length > 76), []);
  const read = await parse(mail);
  assert.equal(read.subject, long);
  assert.equal(read.from?.value[0]?.name, mail.from.name);
});

Deno.test("every message says that a program wrote it, so that no holiday answer comes back", async () => {
  const mail = await parse({});
  assert.equal(mail.headers.get("auto-submitted"), "auto-generated");
});

Deno.test("a line break in a header is refused before anything is encoded, and names what holds it", () => {
  const evil = "x\r\nBcc: everybody@example.test";
  const parts: [Partial<OutgoingMail>, RegExp][] = [
    [{ subject: evil }, /Subject/],
    [{ subject: "x\0" }, /Subject/],
    [{ subject: "x\u2028y" }, /Subject/],
    [{ to: { name: evil, address: "a@example.test" } }, /To name/],
    [{ from: { name: evil, address: "a@example.test" } }, /From name/],
    [{ messageId: evil }, /Message-ID/],
    [{ headers: { "X-A": evil } }, /X-A/],
    [{ headers: { "X-A: b\r\nX": "c" } }, /header name/],
    [{ replyTo: evil }, /reply-to/],
    [{ to: { name: "", address: "a@example.test\r\nBcc: b@example.test" } }, /to address/],
    [{ attachments: [{ fileName: evil, contentType: "a/b", content: new Uint8Array() }] }, /file name/],
  ];
  for (const [part, words] of parts) {
    assert.throws(() => buildMessage({ ...MAIL, ...part }), (error) => {
      return error instanceof UnsendableMail && words.test(error.message);
    });
  }
});

Deno.test("an address is one address: several, names around it, quotes and spaces are none", () => {
  assert.equal(envelopeAddress("to", "juan@peña.test"), "juan@xn--pea-8ma.test");
  assert.equal(envelopeAddress("to", "juan+bills@example.test"), "juan+bills@example.test");
  for (
    const address of [
      "a@example.test, b@example.test",
      "a@example.test;b@example.test",
      "Juan <a@example.test>",
      '"a b"@example.test',
      "a b@example.test",
      "a@example..test",
      "a@-x.test",
      "@example.test",
      "a.@example.test",
      "a@",
      `${"a".repeat(65)}@example.test`,
      "a@[127.0.0.1]",
      "",
    ]
  ) assert.throws(() => envelopeAddress("to", address), UnsendableMail, address);
});
