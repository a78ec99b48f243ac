import type { RouteEntry } from "@/web/app/route_table.ts";
import { permissionWords } from "@/web/components/words/permission_words.ts";
import { translator } from "@/web/messages/mod.ts";
import { openToAll, permissionPlaces } from "@/web/routes/admin/roles/(_parts)/permission_places.ts";
import { answerTo, MATRIX_PERSONS } from "./matrix.ts";

/** Where the matrix stands. */
export const MATRIX_FILE = new URL("../../docs/matrix.md", import.meta.url);

const t = translator("en");

const HEAD = `# Who gets what

Every page, file, stream and endpoint, and what each person is answered who asks for it. Made from the route table
by \`deno task gen\`; a test says when to make it again, and another sends every one of these requests
(\`tests/access/matrix_test.ts\`).

- **opens**: what the route is for. A form that is sent is looked at, which still may refuse it.
- **own**: the same, of their own company and nothing of this one.
- **sign in**: leads to the sign-in, which says nothing about what is there.
- **404**: as if it were not there. A page that one may not open and one that does not exist answer alike, word for
  word; so do a thing of another company, one of another site and one that nobody has.

\`:id\` is a thing of this company, of one of its sites where it belongs to one. _Its site_ is somebody limited to the
site of that thing, _another site_ somebody limited to a site where it is not. An owner exists, so nobody can set
Linya up any more. The last words of a line are the permission that it takes.
`;

/** The matrix as a page of Markdown, before it is formatted. */
export function writeMatrix(table: readonly RouteEntry[]): string {
  const groups = permissionPlaces(table).map(({ nav, places }) =>
    section(nav === null ? "The demo" : t(`shell.nav_${nav}`), places.flatMap(({ opens }) => sorted(opens)))
  );
  const rest = table.filter(({ audience }) => audience !== "staff");
  return [
    HEAD,
    ...groups,
    section("Everybody who is signed in", sorted(openToAll(table))),
    section("Everybody", sorted(rest)),
  ].join("\n");
}

/** The rows of a written matrix: method and pattern to an answer for each person, in the order of the columns. */
export function readMatrix(page: string): Map<string, string[]> {
  const rows = [...page.matchAll(/^\| `(GET|POST)\s+(\S+)`\s*\|(.+)\|$/gm)];
  return new Map(rows.map(([, method, pattern, cells = ""]) => [
    `${method} ${pattern}`,
    cells.split("|").map((cell) => cell.trim()).slice(0, MATRIX_PERSONS.length),
  ]));
}

function section(title: string, entries: readonly RouteEntry[]): string {
  if (entries.length === 0) return "";
  const names = MATRIX_PERSONS.map(({ name }) => name);
  const rows = entries.map((entry) => [
    `\`${entry.method} ${entry.pattern}\``,
    ...MATRIX_PERSONS.map((person) => answerTo(entry, person)),
    wordsOf(entry),
  ]);
  const lines = [["", ...names, ""], ["", ...names, ""].map(() => "---"), ...rows];
  return `## ${title}\n\n${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

function wordsOf({ audience, permission, also = [] }: RouteEntry): string {
  if (audience !== "staff" || permission === "signed_in") return "";
  return [permission, ...also].map((each) => permissionWords(t, each)).join("; ");
}

function sorted(entries: readonly RouteEntry[]): RouteEntry[] {
  const keyOf = ({ pattern, method }: RouteEntry) => `${pattern} ${method}`;
  return entries.toSorted((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
}
