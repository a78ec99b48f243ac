import { type DemoIds, type GalleryPage, groupOf } from "./sights.ts";

/** States that a page may also be in, questions about many rows, and what is said when something is wrong. */
export function moreViews({ kinds }: DemoIds, csrf: string): GalleryPage[] {
  const subscriber = kinds.get("subscribers") ?? "";
  const rows = { _csrf: csrf, id: kinds.get("tonight") ?? "", list: "subscribers", filter: "" };
  const query = (pattern: string, search: string, note: string) =>
    view({ pattern, note, sight: { path: `${pattern}?${search}` } });
  const refused = (pattern: string, form: Record<string, string>) =>
    view({
      pattern: `POST ${pattern}`,
      note: "refused",
      summary: "The form again, with what to correct",
      sight: { path: pattern, form: { _csrf: csrf, ...form } },
      status: 422,
    });
  return [
    query("/admin/tonight", "view=held", "held"),
    query("/admin/tonight", "view=excluded", "left out"),
    query("/admin/tonight", "view=soon", "soon"),
    query("/admin/tonight", "view=kept", "kept"),
    query("/admin/subscribers", "bill=overdue", "filtered"),
    query("/admin/subscribers", "q=nobody-is-called-this", "no match"),
    query("/admin/bills", "status=paid", "filtered"),
    query("/admin/payments/new", "q=a", "searched"),
    query("/admin/payments/new", `subscriber=${subscriber}`, "with a subscriber"),
    query("/admin/find", "q=nobody-is-called-this", "no match"),
    query("/admin/settings/billing", "preset=anniversary", "with a preset"),
    ...["hold", "end-hold", "exclude", "plan"].map((name) =>
      view({
        pattern: `POST /admin/bulk/${name}`,
        summary: "The question before an action on many rows",
        sight: { path: `/admin/bulk/${name}`, form: rows },
      })
    ),
    refused("/admin/plans/new", { name: "" }),
    refused("/admin/subscribers/new", { name: "" }),
    refused("/admin/payments/new", { subscriber, amount: "" }),
    view({
      pattern: "/admin/no-such-page",
      note: "error 404",
      summary: "An address that leads nowhere",
      group: "Everything else",
      sight: { path: "/admin/no-such-page" },
      status: 404,
    }),
    view({
      pattern: "POST /login",
      note: "refused",
      summary: "A password that is wrong",
      group: "Signing in",
      who: "visitor",
      sight: { path: "/login", form: { email: "ana@bayan.test", password: "not this one" } },
      status: 422,
    }),
  ];
}

function view(parts: Partial<GalleryPage> & Pick<GalleryPage, "pattern" | "sight">): GalleryPage {
  const group = groupOf(parts.pattern.replace("POST ", ""));
  return { note: "", summary: "", who: "owner", group, ...parts };
}
