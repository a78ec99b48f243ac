import assert from "node:assert/strict";
import { returnedMail } from "@/tests/mail/returned.ts";
import { readReport } from "./read_report.ts";

const ID = "<019@ilaya.test>";

Deno.test("a report says which mail it is about, who did not get it and why", async () => {
  assert.deepEqual(await readReport(returnedMail({ messageId: ID, to: "juan@example.test" })), {
    messageId: ID,
    recipients: [{
      address: "juan@example.test",
      action: "failed",
      status: "5.1.1",
      diagnostic: "550 5.1.1 no such user",
    }],
  });
});

Deno.test("words over several lines are one, and control characters are none of them", async () => {
  const diagnostic = "smtp; 550-5.1.1 no such\r\n user\x1b[31m \0here";
  const report = await readReport(returnedMail({ messageId: ID, to: "juan@example.test", diagnostic }));
  assert.equal(report?.recipients[0]?.diagnostic, "550-5.1.1 no such user [31m here");
});

Deno.test("a head without the mail, in its own kind of part, is enough", async () => {
  const text = new TextDecoder().decode(returnedMail({ messageId: ID, to: "juan@example.test" }))
    .replace("message/rfc822", "text/rfc822-headers").replace("Message-ID: ", "Message-Id:\r\n ");
  assert.equal((await readReport(new TextEncoder().encode(text)))?.messageId, ID);
});

Deno.test("what is no report is none: an answer, a torn one, a foreign status, nothing, noise", async () => {
  const whole = new TextDecoder().decode(returnedMail({ messageId: ID, to: "juan@example.test" }));
  const texts = [
    "From: juan@example.test\r\nSubject: Re: Your bill\r\n\r\nI paid.",
    "",
    whole.slice(0, 300),
    whole.replace("Status: 5.1.1", "Status: gone"),
    whole.replace("Final-Recipient: rfc822; juan@example.test", "Final-Recipient: nobody"),
  ];
  for (const text of texts) {
    assert.equal(await readReport(new TextEncoder().encode(text)), null, text.slice(0, 60));
  }
  assert.equal(await readReport(crypto.getRandomValues(new Uint8Array(5_000))), null);
});
