import assert from "node:assert/strict";
import { ownPath } from "./own_path.ts";

Deno.test.each([
  { text: "/admin", path: "/admin" },
  { text: "/admin/bills?q=a%20b&x=1#top", path: "/admin/bills?q=a%20b&x=1#top" },
  { text: "/admin?next=//evil.example", path: "/admin?next=//evil.example" },
  { text: "/admin/../login", path: "/login" },
  { text: "/admin\r\nset-cookie: a=b", path: "/adminset-cookie:%20a=b" },
  { text: "//evil.example", path: null },
  { text: "/\\evil.example", path: null },
  { text: "/\t/evil.example", path: null },
  { text: "/\n/evil.example", path: null },
  { text: "\t//evil.example", path: null },
  { text: "/.//evil.example", path: null },
  { text: "/..//evil.example", path: null },
  { text: "/%2e//evil.example", path: null },
  { text: "https://evil.example", path: null },
  { text: "javascript:alert(1)", path: null },
  { text: "admin", path: null },
  { text: "", path: null },
])("ownPath reads $text as $path", ({ text, path }) => {
  assert.equal(ownPath(text), path);
});
