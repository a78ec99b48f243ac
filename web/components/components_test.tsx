import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { centavos } from "@/shared/money/mod.ts";
import { Button } from "./form/Button.tsx";
import { ConfirmPanel } from "./form/ConfirmPanel.tsx";
import { DataTable } from "./list/DataTable.tsx";
import { EmptyState } from "./facts/EmptyState.tsx";
import { ErrorSummary } from "./form/ErrorSummary.tsx";
import { FilterBar } from "./list/FilterBar.tsx";
import { Flash } from "./frame/Flash.tsx";
import { FlashContext } from "./frame/flash_context.ts";
import { Money } from "./facts/Money.tsx";
import { currentNav, visibleNav } from "./frame/nav.ts";
import { LinkPill } from "./facts/Pill.tsx";
import { TextField } from "./form/TextField.tsx";

const HOSTILE = `"><script>alert(1)</script>`;

Deno.test("components escape text and attributes", () => {
  const html = renderToString(
    <>
      <TextField name="q" label={HOSTILE} value={HOSTILE} error={HOSTILE} />
      <DataTable
        caption={HOSTILE}
        columns={[{ head: HOSTILE, cell: (row: string) => row }]}
        rows={[HOSTILE]}
        rowHref={(row) => `/x?q=${row}`}
        empty={null}
      />
    </>,
  );
  assert.doesNotMatch(html, /<script/);
});

Deno.test("Flash shows only texts the page knows", () => {
  const messages = { posted: "Payment posted." };
  assert.match(renderToString(<Flash done="posted" messages={messages} />), /Payment posted/);
  for (const done of ["<b>", "toString", "", null, undefined]) {
    assert.equal(renderToString(<Flash done={done} messages={messages} />), "");
  }
});

Deno.test("what a toast says and what its Undo does are sentences of their own, with a space between", () => {
  for (const action of ["payment.recorded", "subscription.suspended", "subscription.resumed"]) {
    const html = renderToString(
      <FlashContext.Provider value={{ csrfToken: "x", undo: { entry: "1", action }, about: "Juan Reyes" }}>
        <Flash done="done" messages={{ done: "The agent reads it back." }} />
      </FlashContext.Provider>,
    );
    const text = html.replaceAll(/<[^>]*>/g, "");
    assert.match(text, /^Juan Reyes: The agent reads it back\. Undo /);
  }
});

Deno.test("TextField never fills a password in again", () => {
  const html = renderToString(<TextField name="password" label="Password" type="password" value="hunter2" />);
  assert.doesNotMatch(html, /hunter2/);
});

Deno.test("TextField ties its error and hint to the control", () => {
  const html = renderToString(<TextField name="a.b" label="A" hint="h" error="e" required />);
  assert.match(html, /aria-describedby="f-a-b-hint f-a-b-error"/);
  assert.match(html, /aria-invalid="true"/);
  assert.match(html, /<label[^>]* for="f-a-b"/);
});

Deno.test("ErrorSummary links to each field and is absent without errors", () => {
  assert.match(renderToString(<ErrorSummary errors={{ amount: "Write an amount." }} />), /href="#f-amount"/);
  assert.equal(renderToString(<ErrorSummary errors={{}} />), "");
});

Deno.test("DataTable keeps its filters in place when nothing matches", () => {
  const html = renderToString(
    <DataTable
      caption="Bills"
      columns={[{ head: "No.", cell: (row: string) => row }]}
      rows={[]}
      toolbar={<FilterBar chips={[{ label: "Overdue", href: "?state=overdue", isCurrent: true }]} />}
      empty={<EmptyState title="No bill matches" />}
    />,
  );
  assert.match(html, /Overdue/);
  assert.match(html, /No bill matches/);
  assert.doesNotMatch(html, /<table/);
});

Deno.test("Money shows a negative balance as a credit, not as a minus", () => {
  const html = renderToString(<Money amount={centavos(-20000)} balance />);
  assert.match(html, /₱200\.00 credit/);
  assert.doesNotMatch(html, /-₱/);
});

Deno.test("LinkPill shows an unreachable router in grey, never in red", () => {
  assert.equal(renderToString(<LinkPill state="unknown" />), '<span class="pill">Unknown</span>');
});

Deno.test("ConfirmPanel posts with the token and its verb", () => {
  const html = renderToString(
    <ConfirmPanel
      title="Cut 2 subscribers now?"
      effect="2 subscribers go offline."
      tone="danger"
      verb="Cut 2 subscribers"
      action="/cut"
      csrfToken="token-1"
      values={{ run: "r1" }}
      cancelHref="/tonight"
    />,
  );
  assert.match(html, /method="post" action="\/cut"/);
  assert.match(html, /value="token-1"/);
  assert.match(html, /name="run" value="r1"/);
});

Deno.test("Button with a reason is disabled and says why", () => {
  const html = renderToString(<Button disabledReason="Your role cannot run the cut">Run now</Button>);
  assert.match(html, /disabled/);
  assert.match(html, /title="Your role cannot run the cut"/);
});

Deno.test("visibleNav leaves out what a person may not open", () => {
  assert.deepEqual(visibleNav(new Set(["bill:read"])).map((item) => item.id), ["bills"]);
});

Deno.test.each([
  ["/admin", "today"],
  ["/admin/subscribers", "subscribers"],
  ["/admin/subscribers/0197/edit", "subscribers"],
  ["/admin/tonight/run", "tonight"],
  ["/admin/settings/billing", "settings"],
  ["/admin/disputes", "bills"],
  ["/admin/memos/0197", "payments"],
  ["/admin/demo", undefined],
])("currentNav of %s", (path, expected) => {
  assert.equal(currentNav(path as string), expected);
});
