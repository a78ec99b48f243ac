import assert from "node:assert/strict";
import { ok, send } from "@/web/app/_test_app.ts";
import { originCheck } from "./origin_check.ts";

const CASES: { name: string; headers: Record<string, string>; method?: string; status: number }[] = [
  { name: "the same origin passes", headers: { origin: "http://linya.test", cookie: "s=1" }, status: 200 },
  { name: "the public address passes", headers: { origin: "https://isp.example" }, status: 200 },
  { name: "another origin is refused", headers: { origin: "https://evil.example" }, status: 403 },
  { name: "the origin null is refused", headers: { origin: "null" }, status: 403 },
  { name: "another port is refused", headers: { origin: "http://linya.test:81" }, status: 403 },
  {
    name: "a same-origin fetch passes",
    headers: { "sec-fetch-site": "same-origin", cookie: "s=1" },
    status: 200,
  },
  { name: "a same-site fetch is refused", headers: { "sec-fetch-site": "same-site" }, status: 403 },
  { name: "a cross-site fetch is refused", headers: { "sec-fetch-site": "cross-site" }, status: 403 },
  { name: "a client without origin and cookies passes", headers: {}, status: 200 },
  { name: "cookies without origin are refused", headers: { cookie: "s=1" }, status: 403 },
  {
    name: "reading passes from anywhere",
    method: "GET",
    headers: { origin: "https://evil.example" },
    status: 200,
  },
  {
    name: "DELETE is checked as POST is",
    method: "DELETE",
    headers: { origin: "https://evil.example" },
    status: 403,
  },
];

for (const { name, headers, method = "POST", status } of CASES) {
  Deno.test(`originCheck: ${name}`, async () => {
    const check = originCheck({ publicUrl: new URL("https://isp.example") });
    assert.equal((await send([check], ok, { method, headers })).status, status);
  });
}
