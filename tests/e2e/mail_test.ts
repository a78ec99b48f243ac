import assert from "node:assert/strict";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { TEST_OWNER, TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { readPdfText } from "@/tools/smoke/witness.ts";
import { MAIL_LOGIN } from "@/tools/stack/mod.ts";
import { setCookies } from "./_looks.ts";
import { Person } from "./_person.ts";
import { Visitor } from "./_visitor.ts";

const READER = "juan@subscribers.test";
const SENDER = "billing@ilaya.test";

Deno.test({
  name: "in a browser: mail server entered, bills issued, the bill is in the Mailbox with its statement",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using provider = await TestStack.start({ demoControls: true, secrets: 8 });
    const { stack } = provider;
    const { cookie } = await Visitor.signIn(stack.url, TEST_OWNER);
    const browser = await launchBrowser();
    try {
      await setCookies(browser, cookie);
      const person = new Person(await browser.newPage(), stack.url);
      const [line] = provider.lines;
      assert.ok(line !== undefined);

      await t.step("Settings, Mail: the server of the stack, encrypted and with its login", async () => {
        await person.open("/admin/settings/mail");
        const form = 'form[action="/admin/settings/mail"]';
        await person.fill({
          preset: "own",
          host: stack.mail.host,
          port: String(stack.mail.port),
          encryption: stack.mail.encryption,
          auth: "password",
          username: MAIL_LOGIN.user,
          password: MAIL_LOGIN.password,
          fromName: "Ilaya Net",
          fromAddress: SENDER,
        }, form);
        await person.press(`${form} button[type="submit"]:not([name])`);
        const [server] = await provider.query<{ from: string }>(
          'select from_address as "from" from mail_servers where tenant_id = $1',
          [provider.tenantId],
        );
        assert.equal(server?.from, SENDER);
      });

      await t.step("a subscriber leaves an address", async () => {
        await person.open(`/admin/subscribers/${line.subscriberId}/edit`);
        await person.fill({ email: READER }, 'form[action$="/edit"]');
        await person.press('form[action$="/edit"] button[type="submit"]');
        assert.match(person.path, new RegExp(`/admin/subscribers/${line.subscriberId}$`));
      });

      await t.step("the bill run: the mail arrives, once, from the provider's own server", async () => {
        const billOf = () =>
          provider.query<{ id: string }>("select id from bills where subscriber_id = $1", [
            line.subscriberId,
          ]);
        await person.moves("Next bill run", async () => (await billOf()).length > 0);
        // The run is in the quiet hours of the night: its mails wait for the morning.
        await person.press('form[action="/admin/demo/clock"]:has([name="to"][value="day"]) button');
        const { mailbox } = stack.mail;
        await mailbox.wait(({ rcptTo }) => rcptTo.includes(READER), {
          timeoutMs: 60_000,
          what: "the bill in the Mailbox",
        });
        const [mail] = mailbox.list();
        assert.deepEqual([mail?.mailFrom, mail?.user, mail?.isSecure], [SENDER, MAIL_LOGIN.user, true]);
      });

      await t.step("the Mailbox shows it as a phone would, with its statement", async () => {
        const [bill] = await provider.query<{ number: string; total: string; account: string }>(
          `select b.number, b.total_centavos::text as total, s.account_number as account from bills b
            join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
            where b.subscriber_id = $1 order by b.number limit 1`,
          [line.subscriberId],
        );
        assert.ok(bill !== undefined);
        const amount = formatPeso(centavos(bill.total));
        await person.opensUntil("/admin/demo/mailbox", new RegExp(RegExp.escape(READER)));
        const inFrame = async () => {
          const frame = person.page.frames().find((one) => one.url().includes("/mailbox/page"));
          return await frame?.$eval("body", (body) => body.innerText) ?? "";
        };
        await until(async () => (await inFrame()).includes(amount), { what: `the mail says ${amount}` });
        const link = await person.page.$eval(".phone-file", (element) => element.getAttribute("href") ?? "");
        const answer = await fetch(stack.url + link, { headers: { cookie } });
        assert.equal(answer.headers.get("content-type"), "application/pdf");
        const statement = await readPdfText(new Uint8Array(await answer.arrayBuffer()));
        for (const words of ["Ilaya Net", bill.number, bill.account, amount]) {
          assert.ok(statement.includes(words), `the statement says ${words}: ${statement.slice(0, 400)}`);
        }
        assert.deepEqual(person.complaints, []);
      });

      await t.step("its payment: the confirmation arrives too, and no mail came twice", async () => {
        await person.postsPayment(line.subscriberId);
        const { mailbox } = stack.mail;
        await mailbox.wait(({ rcptTo, id }) => rcptTo.includes(READER) && id > 1, {
          timeoutMs: 60_000,
          what: "the confirmation",
        });
        const times = [...mailbox.timesByMessageId.values()];
        assert.deepEqual(times, times.map(() => 1));
      });
    } finally {
      await browser.close();
    }
  },
});
