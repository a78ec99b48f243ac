import assert from "node:assert/strict";
import { CarriedForms } from "@/web/app/form/carried_form.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import { type Scene, withScene } from "../support/scene.ts";

const BASE = "http://linya.test";
const PASSWORD = "a long enough password";

interface Sent {
  status: number;
  location: string;
  html: string;
  cookie: string;
}

async function send({ app }: Scene, path: string, init: {
  form?: Record<string, string>;
  cookie?: string;
  headers?: Record<string, string>;
} = {}): Promise<Sent> {
  const headers = { ...init.headers, ...(init.cookie === undefined ? {} : { cookie: init.cookie }) };
  const response = await app.handler(
    new Request(BASE + path, {
      headers,
      ...(init.form === undefined ? {} : { method: "POST", body: new URLSearchParams(init.form) }),
    }),
  );
  return {
    status: response.status,
    location: (response.headers.get("location") ?? "").replace(BASE, ""),
    html: await response.text(),
    cookie: (response.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "",
  };
}

/** Gives the owner a password, and a form of theirs whose session ends before it is sent. */
async function withForm(
  work: (
    scene: Scene & { path: string; token: string; email: string; fields: Record<string, string> },
  ) => Promise<void>,
): Promise<void> {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/edit`;
    const html = (await owner.get(path)).html;
    const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
    const email = await setPassword(scene);
    isp.clock.advance({ hours: 13 });
    const fields = { name: "Juan <i>Cruz</i>", phone: "0917 555", email: "", address: "", notes: "Two dogs" };
    await work({ ...scene, path, token, email, fields });
  });
}

/** The e-mail address of the one person of this tenant. */
async function setPassword({ isp }: Scene): Promise<string> {
  const hash = await hashPassword(PASSWORD);
  return await isp.run(async (trx) => {
    const staff = await trx.selectFrom("staff_users").select(["id", "email"]).orderBy("id", "desc").limit(1)
      .executeTakeFirstOrThrow();
    await trx.updateTable("staff_users").set({ password_hash: hash }).where("id", "=", staff.id).execute();
    return staff.email;
  });
}

function hidden(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";
}

async function nameOf({ isp }: Scene): Promise<string> {
  const row = await isp.run((trx) =>
    trx.selectFrom("subscribers").select("name").where("id", "=", isp.subscriberIds[0]!)
      .executeTakeFirstOrThrow()
  );
  return row.name;
}

Deno.test("a form whose session has ended comes back filled in after signing in, and nothing is sent by itself", async () => {
  await withForm(async (scene) => {
    const { path, token, email, fields, owner } = scene;
    const headers = { origin: BASE, referer: BASE + path };
    const ended = await send(scene, path, {
      form: { ...fields, _csrf: token },
      cookie: owner.cookie,
      headers,
    });
    assert.equal(ended.status, 401);
    assert.match(ended.html, /Your session ended/);
    assert.match(ended.html, /What you typed is kept/);
    assert.doesNotMatch(ended.html, /Two dogs|Juan/, "whoever sits there next reads nothing");

    const form = { email, password: "wrong", next: "/admin", form: hidden(ended.html, "form") };
    const refused = await send(scene, "/login", { form, headers });
    assert.equal(refused.status, 422);
    assert.equal(hidden(refused.html, "form"), form.form, "a wrong password loses nothing");

    const signedIn = await send(scene, "/login", { form: { ...form, password: PASSWORD }, headers });
    assert.equal(signedIn.location, `${path}?draft=1`);
    const page = await send(scene, signedIn.location, { cookie: signedIn.cookie });
    assert.match(page.html, /value="Juan &lt;i>Cruz&lt;\/i>"/);
    assert.match(page.html, />Two dogs<\/textarea>/);
    assert.match(page.html, /nothing was sent/);
    assert.equal(await nameOf(scene), "Subscriber 00001");

    const fresh = hidden(page.html, "_csrf");
    assert.notEqual(fresh, token);
    const saved = await send(scene, path, {
      form: { ...fields, _csrf: fresh },
      cookie: signedIn.cookie,
      headers,
    });
    assert.equal(saved.status, 303);
    assert.equal(await nameOf(scene), "Juan <i>Cruz</i>");
    const again = await send(scene, `${path}?draft=1`, { cookie: signedIn.cookie });
    assert.doesNotMatch(again.html, /nothing was sent/, "what was sent is forgotten");
  });
});

Deno.test("another person who signs in there gets nothing of it", async () => {
  await withForm(async (scene) => {
    const { path, token, fields, isp, app } = scene;
    const headers = { origin: BASE, referer: BASE + path };
    const ended = await send(scene, path, { form: { ...fields, _csrf: token }, headers });
    await app.signIn(isp.tenantId, "Owner");
    const email = await setPassword(scene);
    const form = { email, password: PASSWORD, next: "/admin", form: hidden(ended.html, "form") };
    const signedIn = await send(scene, "/login", { form, headers });
    assert.equal(signedIn.location, "/admin");
    const page = await send(scene, `${path}?draft=1`, { cookie: signedIn.cookie });
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.html, /Two dogs/);
  });
});

Deno.test("an attacker plants nothing: no form without a token of that person, none from another site, none made up", async () => {
  await withForm(async (scene) => {
    const { path, token, email, fields, isp, app } = scene;
    const own = { origin: BASE, referer: BASE + path };
    for (const wrong of ["", "x", token.slice(0, 86), `${token.slice(0, -4)}AAAA`]) {
      const answer = await send(scene, path, { form: { ...fields, _csrf: wrong }, headers: own });
      const carried = hidden(answer.html, "form");
      if (carried === "") {
        assert.equal(answer.location, "/login");
        continue;
      }
      // A mark of nobody: it is given to nobody.
      const form = { email, password: PASSWORD, next: "/admin", form: carried };
      assert.equal((await send(scene, "/login", { form, headers: own })).location, "/admin");
    }
    const attacker = await app.signIn(isp.tenantId, "Cashier");
    const theirs = hidden((await attacker.get("/admin/find")).html, "_csrf");
    const planted = await send(scene, path, { form: { ...fields, _csrf: theirs }, headers: own });
    const form = { email, password: PASSWORD, next: "/admin", form: hidden(planted.html, "form") };
    assert.equal((await send(scene, "/login", { form, headers: own })).location, "/admin");

    const foreign = { origin: "https://evil.example", referer: "https://evil.example/x" };
    assert.equal(
      (await send(scene, path, { form: { ...fields, _csrf: token }, headers: foreign })).status,
      403,
    );
    const made = { email, password: PASSWORD, next: "/admin", form: "A".repeat(200) };
    assert.equal((await send(scene, "/login", { form: made, headers: own })).location, "/admin");
    assert.equal((await send(scene, "/login", { form: made, headers: foreign })).status, 403);
    assert.equal(await nameOf(scene), "Subscriber 00001");
  });
});

Deno.test("a sealed form is read only whole, only in time, and leads to our own page", () => {
  const forms = new CarriedForms(new Uint8Array(32).fill(3));
  const now = Temporal.Instant.from("2026-02-10T02:00:00Z");
  const form = {
    path: "/admin/subscribers/x/edit",
    who: forms.markOf("somebody").toString("base64url"),
    values: { name: "Juan", password: "hunter2", _csrf: "t", new_password: "p", confirm: "Ilaya", key: "k" },
  };
  const sealed = forms.seal(form, now) ?? "";
  assert.deepEqual(forms.open(sealed, now)?.values, { name: "Juan" });
  assert.ok(forms.belongsTo(forms.open(sealed, now)!, "somebody"));
  assert.ok(!forms.belongsTo(forms.open(sealed, now)!, "somebody else"));
  assert.equal(forms.open(sealed, now.add({ minutes: 31 })), null);
  assert.equal(forms.open(`${sealed.slice(0, 40)}A${sealed.slice(41)}`, now), null);
  assert.equal(new CarriedForms(new Uint8Array(32).fill(4)).open(sealed, now), null);
  assert.equal(forms.seal({ ...form, values: { notes: "x".repeat(40_000) } }, now), null);
  assert.equal(forms.seal({ ...form, values: { password: "hunter2" } }, now), null);
});

Deno.test("every password field of the pages has a name that is never carried", async () => {
  const forms = new CarriedForms(new Uint8Array(32).fill(3));
  const now = Temporal.Instant.from("2026-02-10T02:00:00Z");
  const names = new Set<string>();
  for await (const path of walk(new URL("../../web/", import.meta.url))) {
    for (const [field] of (await Deno.readTextFile(path)).matchAll(/<TextField[^>]*type="password"[^>]*>/g)) {
      names.add(/name="([^"]+)"|field\("([^"]+)"\)/.exec(field)?.slice(1).find(Boolean) ?? "");
    }
  }
  assert.ok(names.size >= 1);
  for (const name of names) {
    assert.equal(forms.seal({ path: "/", who: "", values: { [name]: "x" } }, now), null, name);
  }
});

async function* walk(dir: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(dir)) {
    const url = new URL(encodeURIComponent(entry.name), dir);
    if (entry.isDirectory) yield* walk(new URL(`${url.href}/`));
    else if (entry.name.endsWith(".tsx")) yield url;
  }
}
