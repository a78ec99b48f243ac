import assert from "node:assert/strict";
import { endedCookie, readSessionToken, sessionCookie } from "./session_cookie.ts";

const TOKEN = "t".repeat(43);
const END = Temporal.Instant.from("2026-11-23T13:00:00Z");

function cookies(cookie: string): Headers {
  return new Headers({ cookie });
}

Deno.test("over https the cookie is __Host-, Secure, closed to scripts and to other sites", () => {
  assert.equal(
    sessionCookie("staff", true, TOKEN, END),
    `__Host-linya=${TOKEN}; Path=/; HttpOnly; SameSite=Lax; Expires=Mon, 23 Nov 2026 13:00:00 GMT; Secure`,
  );
  assert.equal(
    endedCookie("staff", true),
    "__Host-linya=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure",
  );
});

Deno.test("over plain http the cookie has the weaker name, and still HttpOnly and SameSite", () => {
  assert.equal(
    sessionCookie("staff", false, TOKEN, END),
    `linya=${TOKEN}; Path=/; HttpOnly; SameSite=Lax; Expires=Mon, 23 Nov 2026 13:00:00 GMT`,
  );
});

Deno.test.each([
  { name: "its own cookie", isHttps: true, cookie: `a=b; __Host-linya=${TOKEN}; c=d`, token: TOKEN },
  { name: "its own cookie on http", isHttps: false, cookie: `linya=${TOKEN}`, token: TOKEN },
  { name: "not the weaker one over https", isHttps: true, cookie: `linya=${TOKEN}`, token: null },
  { name: "no name that only ends alike", isHttps: false, cookie: `xlinya=${TOKEN}`, token: null },
  { name: "no value of another length", isHttps: false, cookie: `linya=${TOKEN}x`, token: null },
  { name: "no value with other characters", isHttps: false, cookie: `linya=${"'".repeat(43)}`, token: null },
  { name: "nothing without a value", isHttps: false, cookie: "linya", token: null },
])("readSessionToken takes $name", ({ isHttps, cookie, token }) => {
  assert.equal(readSessionToken("staff", cookies(cookie), isHttps), token);
});
