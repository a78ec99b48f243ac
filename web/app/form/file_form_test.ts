import { parseCoded } from "@/shared/codes/mod.ts";
import assert from "node:assert/strict";
import { HttpError } from "fresh";
import { readFileForm } from "./file_form.ts";

function request(form: FormData): Request {
  return new Request("http://linya.test/", { method: "POST", body: form });
}

const picture = (bytes: number) =>
  new File([new Uint8Array(bytes).fill(1)], "logo.png", { type: "image/png" });

async function status(req: Request): Promise<number> {
  try {
    await readFileForm(req, { logo: 100 });
    return 200;
  } catch (error) {
    return error instanceof HttpError ? error.status : 500;
  }
}

Deno.test("fields, token and file of a form are read; a file that was not chosen is absent", async () => {
  const form = new FormData();
  form.append("_csrf", "token");
  form.append("name", "Ilaya Net");
  form.append("day", "1");
  form.append("day", "2");
  form.append("logo", picture(100));
  const read = await readFileForm(request(form), { logo: 100 });
  assert.equal(read.token, "token");
  assert.deepEqual({ ...read.values as object }, { name: "Ilaya Net", day: ["1", "2"] });
  assert.equal(read.files.logo?.length, 100);
  assert.deepEqual(read.problems, {});
  form.set("logo", picture(0));
  assert.deepEqual((await readFileForm(request(form), { logo: 100 })).files, {});
});

Deno.test("a file that is too large is a problem of its field, not of the request", async () => {
  const form = new FormData();
  form.append("name", "Ilaya Net");
  form.append("logo", picture(101));
  const read = await readFileForm(request(form), { logo: 100 });
  assert.deepEqual(read.files, {});
  assert.equal(parseCoded(read.problems.logo ?? "")?.code, "file_too_large");
});

Deno.test("a file where none belongs, two for one field, a NUL or a broken body are refused", async () => {
  const stray = new FormData();
  stray.append("__proto__", picture(1));
  assert.equal(await status(request(stray)), 400);
  const twice = new FormData();
  twice.append("logo", picture(1));
  twice.append("logo", picture(1));
  assert.equal(await status(request(twice)), 400);
  const nul = new FormData();
  nul.append("name", "a\0b");
  assert.equal(await status(request(nul)), 400);
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  assert.equal(
    await status(new Request("http://linya.test/", { method: "POST", body: "junk", headers })),
    400,
  );
});
