import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { formatBasisPoints } from "@/web/domain/billing/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { editForm } from "@/web/route_table/subscribers.ts";
import { findDuplicates } from "@/web/services/subscribers/find_duplicates.ts";
import { contactVersion, updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { listPlaces } from "@/web/store/subscribers/new_subscribers.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { DuplicatesPart } from "../(_parts)/DuplicatesPart.tsx";
import { typedPerson } from "../(_parts)/load_new.ts";
import { MAIL_WISH_LABELS, MailWishFields } from "../(_parts)/mail_wishes.tsx";
import { PERSON_FIELDS, PERSON_LABELS, PersonFields, type PersonValues } from "../(_parts)/PersonFields.tsx";

const form = define.form({
  params: idParams,
  input: editForm,
  load: async (trx, { params, isSent, state }) => {
    const person = found(await findSubscriber(trx, params.id));
    // Others who look the same, now that it is changed.
    const duplicates = await findDuplicates(trx, isSent ? typedPerson(state) : person, params.id);
    const tenant = await getTenant(trx);
    return { person, places: await listPlaces(trx), duplicates, tenant };
  },
  permission: "subscriber:write",
  audit: "subscriber.updated",
  summary: "Change the contact data",
  title: ({ t }) => t("subscribers.edit"),
  windowTitle: ({ t, loaded }) => t("subscribers.edit_of", { name: loaded.person.name }),
  back: ({ loaded: { person } }) => ({ href: `/admin/subscribers/${person.id}`, label: person.name }),
  labels: { ...PERSON_LABELS, withholding: "subscribers.withholding", ...MAIL_WISH_LABELS },
  values: ({ person }) => ({
    ...Object.fromEntries(PERSON_FIELDS.map((name) => [name, person[name] ?? ""])) as PersonValues,
    withholding: person.withholding_rate_bp === null ? "" : formatBasisPoints(person.withholding_rate_bp),
    mailLanguage: person.language ?? "",
    mailWanted: person.mail_wanted,
  }),
  edits: { subject: ({ person }) => person.id, version: ({ person }) => contactVersion(person) },
  fields: (view) => (
    <>
      <PersonFields form={view} places={view.loaded.places} />
      <TextField
        {...view.field("withholding")}
        width="short"
        hint={view.t("subscribers.withholding_hint")}
      />
      <MailWishFields form={view} companyLanguage={view.loaded.tenant.subscriber_language} />
      <DuplicatesPart duplicates={view.loaded.duplicates} canAccept={false} />
    </>
  ),
  verb: ({ t }) => t("subscribers.save"),
  submit: ({ withholding, ...input }, { call, seen, loaded }) =>
    updateSubscriber(...call, {
      subscriberId: loaded.person.id,
      seen,
      withholdingRateBp: withholding,
      ...input,
    }),
  at: { name_required: "name" },
  done: (_value, { loaded }) => `/admin/subscribers/${loaded.person.id}?done=saved`,
  undo: (_value, { loaded }) => loaded.person.id,
});

export default form.page;
export const { handler, route } = form;
