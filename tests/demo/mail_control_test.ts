import assert from "node:assert/strict";
import { startMailSim } from "@/sim/mail/mod.ts";
import { startControl } from "@/tools/stack/control.ts";
import type { Stack } from "@/tools/stack/mod.ts";
import { openDemoControl } from "@/web/gateways/demo_control/mod.ts";
import { until } from "@/tests/support/until.ts";

const raw = (subject: string) =>
  new TextEncoder().encode([
    "From: Bayan Net <billing@bayan.test>",
    `Subject: ${subject}`,
    "Message-ID: <one@bayan.test>",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/html; charset=utf-8",
    "",
    "<p>Bill</p>",
    "--b",
    "Content-Type: application/pdf",
    'Content-Disposition: attachment; filename="Statement.pdf"',
    "",
    "%PDF-1.7",
    "--b--",
    "",
  ].join("\r\n"));

Deno.test("the web reads the stack's mails over its control, newest first, and turns its faults", async () => {
  await using sim = await startMailSim({ encryption: "none" });
  const stack = { mail: sim, sites: [], preparing: null, logins: [] } as unknown as Stack;
  const server = startControl(stack);
  try {
    const control = openDemoControl({ controlUrl: server.url, token: server.token });
    assert.ok(control !== null);
    const take = (to: string, subject: string) =>
      sim.mailbox.add(raw(subject), {
        mailFrom: "billing@bayan.test",
        rcptTo: [to],
        isSecure: true,
        user: null,
        isAnswered: true,
      });
    take("juan@example.test", "First");
    take("maria@example.test", "Second");
    assert.equal((await control.status()).mail.unseen, 2);
    const list = await control.listMails("");
    assert.deepEqual([list.total, list.mails.map(({ subject }) => subject)], [2, ["Second", "First"]]);
    assert.equal((await control.status()).mail.unseen, 0);
    assert.deepEqual((await control.listMails("JUAN")).mails.map(({ id }) => id), [1]);

    const mail = await control.findMail(2);
    assert.equal(mail?.html?.trim(), "<p>Bill</p>");
    assert.equal(mail?.files[0]?.fileName, "Statement.pdf");
    const file = await control.findMailFile(2, 0);
    assert.equal(new TextDecoder().decode(file?.content).trim(), "%PDF-1.7");
    assert.equal(file?.contentType, "application/pdf");
    assert.equal(await control.findMail(3), null);
    assert.equal(await control.findMailFile(2, 9), null);

    await control.setMailFault("daily_limit", true);
    await control.setMailFault("away", true);
    assert.deepEqual((await control.status()).mail.faults, {
      away: true,
      login_refused: false,
      daily_limit: true,
    });
    await assert.rejects(Deno.connect({ hostname: sim.host, port: sim.port }), Deno.errors.ConnectionRefused);
    await control.setMailFault("away", false);
    const connection = await Deno.connect({ hostname: sim.host, port: sim.port });
    connection.close();
    await until(() => Promise.resolve(sim.counts.connections === 1), { what: "the server saw the client" });

    for (let i = 0; i < 300; i++) take("many@example.test", `Bill ${i}`);
    const many = await control.listMails("many");
    assert.deepEqual([many.total, many.mails.length, many.mails[0]?.subject], [300, 200, "Bill 299"]);
  } finally {
    await server.stop();
  }
});

Deno.test("nobody without the token of the start reads a mail", async () => {
  await using sim = await startMailSim({ encryption: "none" });
  const server = startControl({ mail: sim, sites: [] } as unknown as Stack);
  try {
    const answer = await fetch(`${server.url}/mails`, { headers: { authorization: "Bearer guess" } });
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  } finally {
    await server.stop();
  }
});
