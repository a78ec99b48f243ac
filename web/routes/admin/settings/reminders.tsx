import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { fieldId, FieldNotes } from "@/web/components/form/Field.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Checkbox, RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { DEFAULT_REMINDERS, type ReminderSettings } from "@/web/domain/mail/ladder.ts";
import { OCCASIONS } from "@/web/domain/mail/types.ts";
import { settingsTimeline } from "@/web/domain/settings/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { remindersForm, remindersQuery } from "@/web/route_table/reminders.ts";
import { saveReminderSettings } from "@/web/services/mail/save_reminders.ts";
import { countReach, getReminders, type Reach } from "@/web/store/mail/reminder_settings.ts";
import { billingSettingsOf } from "@/web/store/settings/settings.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { NoServerBanner } from "../mail/(_parts)/NoServerBanner.tsx";
import { LadderPicture } from "./(_parts)/LadderPicture.tsx";
import { SettingsFrame } from "./(_parts)/SettingsFrame.tsx";

const HERE = "/admin/settings/reminders";

const form = define.form({
  query: remindersQuery,
  input: remindersForm,
  load: async (trx, { query }) => {
    const saved = await getReminders(trx);
    return {
      saved,
      // What a new company has, in the form and in the picture, before it is saved.
      shown: query.fill === "defaults" ? DEFAULT_REMINDERS : saved,
      isDefaults: query.fill === "defaults",
      done: query.done,
      tenant: await getTenant(trx),
      reach: await countReach(trx),
    };
  },
  permission: "settings:write",
  readers: { permission: "settings:read", summary: "What subscribers are told, and when" },
  audit: "settings.reminders_saved",
  summary: "Save what subscribers are told, and when",
  refused: "settings.check_fields",
  title: ({ t }) => t("settings.section_reminders"),
  labels: {
    beforeDueDays: "reminders.before_due",
    beforeCutDays: "reminders.before_cut",
    told: "reminders.told",
    quietFrom: "reminders.quiet_from",
    quietUntil: "reminders.quiet_until",
    cutNeedsNotice: "reminders.needs_notice",
    unreachable: "reminders.unreachable",
  },
  values: ({ saved, shown }) => ({
    revision: String(saved.revision),
    beforeDueDays: shown.beforeDueDays.join(", "),
    beforeCutDays: shown.beforeCutDays.join(", "),
    told: OCCASIONS.filter((occasion) => !shown.silentOccasions.includes(occasion)),
    quietFrom: shown.quiet?.from.toString({ smallestUnit: "minute" }) ?? "",
    quietUntil: shown.quiet?.until.toString({ smallestUnit: "minute" }) ?? "",
    cutNeedsNotice: shown.cutNeedsNotice ? "on" : "",
    unreachable: shown.unreachable,
  }),
  hidden: ({ loaded: { saved } }) => ({ revision: String(saved.revision) }),
  fields: ({ t, field, many, values, loaded: { reach } }) => (
    <>
      <div class="form-row">
        <TextField {...field("beforeDueDays")} hint={t("reminders.before_due_hint")} width="medium" />
        <TextField {...field("beforeCutDays")} hint={t("reminders.before_cut_hint")} width="medium" />
      </div>
      <Told t={t} chosen={many("told")} error={field("told").error} />
      <div class="form-row">
        <Hour {...field("quietFrom")} hint={t("reminders.quiet_hint")} />
        <Hour {...field("quietUntil")} hint={t("reminders.quiet_none")} />
      </div>
      <Checkbox
        {...field("cutNeedsNotice")}
        value="on"
        checked={values.cutNeedsNotice === "on"}
        hint={t("reminders.needs_notice_hint")}
      />
      <RadioCards
        {...field("unreachable")}
        hint={sayReach(t, reach)}
        options={(["hold", "go_on"] as const).map((value) => ({
          value,
          label: t(`reminders.unreachable_${value}`),
          note: t(`reminders.unreachable_${value}_note`),
        }))}
      />
    </>
  ),
  verb: ({ t }) => t("reminders.save"),
  otherVerbs: ({ t }) => (
    <LinkButton href={`${HERE}?fill=defaults`}>{t("reminders.fill_defaults")}</LinkButton>
  ),
  page: ({ t, state, moment, loaded: { saved, shown, isDefaults, done, tenant, reach } }, parts) => {
    const line = settingsTimeline(billingSettingsOf(tenant), moment.today);
    return (
      <SettingsFrame
        section="reminders"
        state={state}
        done={done}
        save={saved.savedAt === null || saved.savedBy === null
          ? null
          : { revision: saved.revision, by: saved.savedBy, at: saved.savedAt }}
        zone={tenant.time_zone}
      >
        {!reach.hasServer && <NoServerBanner state={state} />}
        <Card title={t(isDefaults ? "reminders.title_defaults" : "reminders.title_now")}>
          <div class="stack">
            {line === null
              ? <p class="note">{t("settings.timeline_never")}</p>
              : <LadderPicture settings={shown} line={line} />}
            <p>{sayQuiet(t, shown)}</p>
            <p>{sayNotice(t, shown)}</p>
            {!may(state, "settings:write") && reach.hasServer && <p class="note">{sayReach(t, reach)}</p>}
          </div>
        </Card>
        {may(state, "settings:write") && <Card title={t("reminders.title_form")}>{parts.form}</Card>}
      </SettingsFrame>
    );
  },
  submit: ({ told, ...input }, { call }) =>
    saveReminderSettings(...call, {
      ...input,
      silentOccasions: OCCASIONS.filter((occasion) => !told.includes(occasion)),
    }),
  done: ({ isUnchanged }) => `${HERE}?done=${isUnchanged ? "unchanged" : "saved"}`,
});

export default form.page;
export const { handler, route } = form;

interface ToldProps {
  t: Translate;
  chosen: readonly string[];
  error: string | undefined;
}

function Told({ t, chosen, error }: ToldProps) {
  const id = fieldId("told");
  const label = t("reminders.told");
  return (
    <fieldset class="field" id={id} aria-describedby={error ? `${id}-error` : `${id}-hint`}>
      <legend class="label">{label}</legend>
      {OCCASIONS.map((occasion) => (
        <Checkbox
          name="told"
          id={`${id}-${occasion}`}
          label={t(`deliveries.occasion_${occasion}`)}
          value={occasion}
          checked={chosen.includes(occasion)}
        />
      ))}
      <FieldNotes name="told" label={label} hint={t("reminders.told_hint")} error={error} />
    </fieldset>
  );
}

interface HourProps {
  name: string;
  label: string;
  value: string;
  error: string | undefined;
  hint: string;
}

function Hour({ name, label, value, error, hint }: HourProps) {
  const id = fieldId(name);
  return (
    <div class="field">
      <label class="label" for={id}>{label}</label>
      <input
        class="input input-short"
        type="time"
        id={id}
        name={name}
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? `${id}-hint ${id}-error` : `${id}-hint`}
      />
      <FieldNotes name={name} label={label} hint={hint} error={error} />
    </div>
  );
}

function sayQuiet(t: Translate, { quiet }: ReminderSettings): string {
  if (quiet === null) return t("reminders.say_never_quiet");
  const text = (time: Temporal.PlainTime) => time.toString({ smallestUnit: "minute" });
  return t("reminders.say_quiet", { from: text(quiet.from), until: text(quiet.until) });
}

function sayNotice(t: Translate, { cutNeedsNotice, unreachable }: ReminderSettings): string {
  if (!cutNeedsNotice) return t("reminders.say_cut_anyway");
  return `${t("reminders.say_needs_notice")} ${t(`reminders.say_unreachable_${unreachable}`)}`;
}

/** `214 of 1,000 subscribers cannot be mailed: 200 have no address, 4 addresses were refused, 10 want no such mail.` */
function sayReach(
  t: Translate,
  { people, noAddress, refused, notWanted, hasServer }: Reach,
): string | undefined {
  // The page has said it.
  if (!hasServer) return undefined;
  const n = noAddress + refused + notWanted;
  const why = [
    ...(noAddress > 0 ? [t("reminders.reach_no_address", { n: noAddress })] : []),
    ...(refused > 0 ? [t("reminders.reach_refused", { n: refused })] : []),
    ...(notWanted > 0 ? [t("reminders.reach_not_wanted", { n: notWanted })] : []),
  ].join(", ");
  return n === 0 ? t("reminders.reach_all", { people }) : t("reminders.reach", { n, people, why });
}
