import assert from "node:assert/strict";
import { playedMorning } from "../cuts/tonight_isp.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { phonePage } from "@/web/routes/admin/demo/mailbox/(_parts)/phone_page.ts";
import { FakeControl } from "./fake_control.ts";

interface Scene {
  owner: PageUser;
  cashier: PageUser;
  control: FakeControl;
}

function mailbox(name: string, work: (scene: Scene) => Promise<void>): void {
  Deno.test(name, async () => {
    await using past = await playedMorning();
    const { isp } = past;
    const control = new FakeControl();
    const app = await createWebApp(isp.context, { demo: control, only: ["/admin/demo"] });
    await work({
      owner: await app.signIn(isp.tenantId, "Owner"),
      cashier: await app.signIn(isp.tenantId, "Cashier"),
      control,
    });
  });
}

mailbox("the bar counts mails that nobody has looked at; the Mailbox shows the newest", async (scene) => {
  const { owner, cashier, control } = scene;
  assert.match((await owner.get("/admin/demo/mailbox")).text, /No mail has come yet/);
  control.take({ subject: "Your bill for February" });
  control.take({
    subject: "We have your payment",
    rcptTo: ["maria@example.test"],
    to: "Maria <maria@example.test>",
  });
  assert.match((await owner.get("/admin/demo")).text, /Mailbox ?2 ?2 new mails/);
  const page = await owner.get("/admin/demo/mailbox");
  assert.equal(page.status, 200);
  assert.match(
    page.text,
    /maria@example\.test.*We have your payment.*juan@example\.test.*Your bill for February/s,
  );
  assert.match(page.html, /<h2>We have your payment<\/h2>/);
  assert.match(page.html, /<iframe[^>]*src="\/admin\/demo\/mailbox\/page\?mail=2&amp;look=light"/);
  assert.match(page.html, /sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  assert.match(page.headers.get("content-security-policy") ?? "", /frame-src 'self'/);
  assert.doesNotMatch((await owner.get("/admin/demo")).text, /new mails/);
  const one = await owner.get("/admin/demo/mailbox?q=juan");
  assert.match(one.html, /<h2>Your bill for February<\/h2>/);
  assert.doesNotMatch(one.text, /We have your payment/);
  assert.match((await owner.get("/admin/demo/mailbox?q=nobody")).text, /No mail went to such an address/);
  for (const path of ["", "/page?mail=1", "/file?mail=1&file=0"]) {
    assert.equal((await cashier.get(`/admin/demo/mailbox${path}`)).status, 404, path);
  }
});

mailbox("a mail's text, its headers, its dark side and how it came", async ({ owner, control }) => {
  control.take({ text: "May bill ka na\nBayaran mo", isSecure: false, isAnswered: false, html: null });
  const plain = await owner.get("/admin/demo/mailbox?mail=1");
  assert.match(plain.html, /<pre class="phone-text" tabindex="0">May bill ka na\nBayaran mo<\/pre>/);
  assert.match(plain.text, /On its way ?In clear.*Taken without an answer/s);
  const headers = await owner.get("/admin/demo/mailbox?mail=1&view=headers&look=dark");
  assert.match(headers.text, /Message-ID: &lt;one@bayan\.test&gt;|Message-ID: <one@bayan\.test>/);
  assert.match(headers.html, /data-look="dark"/);
  assert.match(headers.html, /href="[^"]*view=headers&amp;look=light"/);
  assert.equal((await owner.get("/admin/demo/mailbox?mail=99")).status, 404);
  assert.equal((await owner.get("/admin/demo/mailbox/page?mail=1")).status, 404, "it has no page");
});

mailbox(
  "the page of a mail is shut in: hostile markup arrives as it is and may do nothing",
  async (scene) => {
    const { owner, control } = scene;
    const html = `<html><head><script>parent.document.title="broken in"</script></head>
    <body onload="alert(1)"><form action="https://evil.test"><input name="x"></form>
    <img src="https://evil.test/seen.gif"><a href="javascript:alert(1)">bill</a></body></html>`;
    control.take({ html, subject: '"><script>alert(1)</script>', from: "<img src=x onerror=alert(1)>" });
    const page = await owner.get("/admin/demo/mailbox/page?mail=1");
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
    assert.match(policy, /img-src data:;/);
    assert.doesNotMatch(policy, /script-src|allow-scripts|allow-same-origin|connect-src/);
    assert.match(page.html, /<head><base target="_blank">/);
    const around = await owner.get("/admin/demo/mailbox?mail=1");
    assert.doesNotMatch(around.html, /<script>alert|<img src=x/);
  },
);

mailbox("a PDF opens in the browser; any other file is saved, whatever it says that it is", async (scene) => {
  const { owner, control } = scene;
  const file = {
    index: 0,
    fileName: "Statement Ñ.pdf",
    contentType: "application/pdf",
    bytes: 28_000,
    isInText: false,
  };
  control.take({ files: [file, { ...file, index: 1, fileName: "logo.png", isInText: true }] });
  control.files.set("1/0", { ...file, content: new TextEncoder().encode("%PDF-1.7") });
  control.files.set("1/1", {
    fileName: "x.html",
    contentType: "text/html",
    content: new TextEncoder().encode("<script>"),
  });
  const page = await owner.get("/admin/demo/mailbox?mail=1");
  assert.match(page.html, /href="\/admin\/demo\/mailbox\/file\?mail=1&amp;file=0" target="_blank"/);
  assert.match(page.text, /Statement Ñ\.pdf ?28 KB/);
  assert.doesNotMatch(page.text, /logo\.png/);
  const pdf = await owner.get("/admin/demo/mailbox/file?mail=1&file=0");
  assert.equal(pdf.headers.get("content-type"), "application/pdf");
  assert.equal(pdf.headers.get("content-disposition"), "inline; filename*=UTF-8''Statement%20%C3%91.pdf");
  assert.equal(pdf.html, "%PDF-1.7");
  const other = await owner.get("/admin/demo/mailbox/file?mail=1&file=1");
  assert.equal(other.headers.get("content-type"), "application/octet-stream");
  assert.match(other.headers.get("content-disposition") ?? "", /^attachment/);
  assert.equal((await owner.get("/admin/demo/mailbox/file?mail=1&file=7")).status, 404);
});

mailbox("the mail server is broken and mended beside the cables", async ({ owner, cashier, control }) => {
  const page = await owner.get("/admin/demo");
  assert.match(page.text, /The mail server refuses the login ?No ?Refuse the login/s);
  const sent = await owner.post("/admin/demo/mail", { fault: "login_refused", on: "yes" });
  assert.equal(sent.location, "/admin/demo?done=mail_login_refused");
  assert.equal(control.current.mail.faults.login_refused, true);
  assert.match(
    (await owner.get(sent.location)).text,
    /The queue stops.*The mail server refuses the login ?Yes ?Accept the login/s,
  );
  await owner.post("/admin/demo/mail", { fault: "login_refused", on: "no" });
  assert.equal(control.current.mail.faults.login_refused, false);
  assert.equal((await owner.post("/admin/demo/mail", { fault: "explode", on: "yes" })).status, 422);
  assert.equal((await cashier.post("/admin/demo/mail", { fault: "away", on: "yes" })).status, 404);
});

Deno.test("a phone in dark answers what the mail asks; a mail that knows of no dark stays light", () => {
  const asking = "<head><style>@media (prefers-color-scheme: dark){p{color:#fff}}</style></head><p>";
  assert.match(phonePage(asking, "dark"), /@media \(min-width: 0px\)\{p/);
  assert.match(phonePage(asking, "light"), /@media \(max-width: 0px\)\{p/);
  assert.match(phonePage(asking, "dark"), /^<head><base target="_blank">.*color-scheme:dark!important/);
  assert.match(
    phonePage("<p>Bill", "dark"),
    /^<!doctype html><base .*color-scheme:light!important.*<p>Bill$/,
  );
});
