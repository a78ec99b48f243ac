import { page } from "fresh";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { TextArea, TextField } from "@/web/components/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { contactForm } from "@/web/route_table/subscribers.ts";
import { updateSubscriber, type UpdateSubscriberCode } from "@/web/services/update_subscriber.ts";
import { findSubscriber } from "@/web/store/subscribers.ts";
import { actorOf, found, readPage, typed } from "../../(_billing)/page_context.ts";
import { sentence } from "../../(_billing)/words.ts";

const FIELDS = ["name", "phone", "email", "address", "notes"] as const;
type Values = Record<(typeof FIELDS)[number], string>;

interface EditData {
  id: string;
  title: string;
  values: Values;
  problems: Record<string, string>;
}

/** Field that each refusal is shown at. */
const FIELD: Record<UpdateSubscriberCode, string> = {
  subscriber_not_found: "",
  name_required: "name",
  email_not_understood: "email",
  text_too_long: "",
};

export default define.page<typeof handler>(function EditSubscriberPage({ data, state }) {
  const { id, title, values, problems } = data;
  const path = `/admin/subscribers/${id}`;
  return (
    <>
      <PageHeader title="Edit contact" back={{ href: path, label: title }} />
      <Card>
        <form class="form" method="post" action={`${path}/edit`}>
          <Csrf token={state.csrfToken} />
          <ErrorSummary errors={problems} />
          <TextField
            name="name"
            label="Name"
            required
            value={values.name}
            error={problems.name}
            maxLength={120}
          />
          <div class="form-row">
            <TextField
              name="phone"
              label="Phone"
              type="tel"
              value={values.phone}
              error={problems.phone}
              maxLength={40}
            />
            <TextField
              name="email"
              label="E-mail"
              type="email"
              value={values.email}
              error={problems.email}
              maxLength={200}
              hint="Bills can be sent only to subscribers with an address."
            />
          </div>
          <TextArea
            name="address"
            label="Address"
            rows={2}
            value={values.address}
            error={problems.address}
            maxLength={300}
          />
          <TextArea
            name="notes"
            label="Notes"
            value={values.notes}
            error={problems.notes}
            maxLength={2000}
            hint="Seen by staff only."
          />
          <div class="form-actions">
            <Button kind="primary">Save contact</Button>
            <LinkButton href={path}>Go back</LinkButton>
          </div>
        </form>
      </Card>
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const row = found(await readPage(ctx.state, (trx) => findSubscriber(trx, id)));
    ctx.state.title = `Edit ${row.name}`;
    const values = Object.fromEntries(FIELDS.map((name) => [name, row[name] ?? ""])) as Values;
    return page<EditData>({ id, title: row.name, values, problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const row = found(await readPage(ctx.state, (trx) => findSubscriber(trx, id)));
    ctx.state.title = `Edit ${row.name}`;
    const values = Object.fromEntries(FIELDS.map((name) => [name, typed(ctx.state, name)])) as Values;
    const refuse = (problems: Record<string, string>) =>
      page<EditData>({ id, title: row.name, values, problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, contactForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await updateSubscriber(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriberId: id,
      ...form,
    });
    if (!result.ok) return refuse({ [FIELD[result.code]]: sentence(result.message) });
    return ctx.redirect(await withUndo(ctx.state, `/admin/subscribers/${id}?done=saved`, id), 303);
  },
});
