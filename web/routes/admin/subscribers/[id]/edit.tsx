import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { withUndo } from "@/web/app/undo_link.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { contactForm } from "@/web/route_table/subscribers.ts";
import { updateSubscriber, type UpdateSubscriberCode } from "@/web/services/subscribers/update_subscriber.ts";
import { type Duplicate, findDuplicates } from "@/web/services/subscribers/find_duplicates.ts";
import { listPlaces } from "@/web/store/subscribers/new_subscribers.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { actorOf, found, readPage } from "@/web/app/page_context.ts";
import { DuplicatesPart } from "../(_parts)/DuplicatesPart.tsx";
import { typedPerson } from "../(_parts)/load_new.ts";
import { PERSON_FIELDS, PersonFields, type PersonValues } from "../(_parts)/PersonFields.tsx";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface EditData {
  id: string;
  title: string;
  values: PersonValues;
  places: Awaited<ReturnType<typeof listPlaces>>;
  /** Others who look the same, now that it was changed. */
  duplicates: Duplicate[];
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
  const { id, title, values, places, duplicates, problems } = data;
  const { t } = state;
  const path = `/admin/subscribers/${id}`;
  return (
    <>
      <PageHeader title={t("subscribers.edit")} back={{ href: path, label: title }} />
      <Card>
        <form class="form" method="post" action={`${path}/edit`}>
          <Csrf token={state.csrfToken} />
          <ErrorSummary errors={problems} />
          <PersonFields values={values} problems={problems} places={places} />
          <DuplicatesPart duplicates={duplicates} canAccept={false} />
          <div class="form-actions">
            <Button kind="primary">{t("subscribers.save")}</Button>
            <LinkButton href={path}>{t("subscribers.back")}</LinkButton>
          </div>
        </form>
      </Card>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    permission: "subscriber:write",
    params: idParams,
    summary: "Form with the contact data",
  },
  POST: {
    permission: "subscriber:write",
    params: idParams,
    input: contactForm,
    audit: "subscriber.updated",
    summary: "Change the contact data",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const { row, places, duplicates } = await load(ctx.state, id, null);
    const values = Object.fromEntries(PERSON_FIELDS.map((name) => [name, row[name] ?? ""])) as PersonValues;
    return page<EditData>({ id, title: row.name, values, places, duplicates, problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const values = typedPerson(ctx.state);
    const { row, places, duplicates } = await load(ctx.state, id, values);
    const refuse = (problems: Record<string, string>) =>
      page<EditData>({ id, title: row.name, values, places, duplicates, problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const form = readInput(ctx.state, contactForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await updateSubscriber(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriberId: id,
      ...form,
    });
    if (!result.ok) return refuse({ [FIELD[result.code]]: refusalText(ctx.state, result) });
    return ctx.redirect(await withUndo(ctx.state, `/admin/subscribers/${id}?done=saved`, id), 303);
  },
});

async function load(state: AppState, id: string, typed: PersonValues | null) {
  const read = await readPage(state, async (trx) => {
    const row = found(await findSubscriber(trx, id));
    return {
      row,
      places: await listPlaces(trx),
      duplicates: await findDuplicates(trx, typed ?? row, id),
    };
  });
  state.title = state.t("subscribers.edit_of", { name: read.row.name });
  return read;
}
