import { Button } from "@/web/components/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/Csrf.tsx";
import { FieldNotes } from "@/web/components/Field.tsx";
import { DateField } from "@/web/components/NumberField.tsx";
import { Checkbox } from "@/web/components/SelectField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { peopleWords } from "./words.ts";
import type { TonightPageData } from "./TonightPage.tsx";

/** What was typed into the form under the list, to show it again. */
export interface BulkValues {
  until: string;
  reason: string;
  ids: readonly string[];
  everyone: boolean;
}

/** Id that the tick boxes of the rows belong to. */
export const BULK_FORM = "bulk";
/** The longest that a hold may last. */
export const HOLD_DAYS_MAX = 60;

/** Holds or excludes the ticked rows in one go, without scripts. */
export function BulkForm({ data, csrfToken }: { data: TonightPageData; csrfToken: string }) {
  const { tonight, moment, problems, values } = data;
  const { view, siteId } = tonight.filter;
  const site = tonight.sites.find((one) => one.id === siteId);
  const place = site === undefined ? "on this list" : `at ${site.name}`;
  return (
    <form class="bulk" id={BULK_FORM} method="post" action="/admin/tonight/bulk">
      <Csrf token={csrfToken} />
      <HiddenFields values={{ view, site: siteId ?? "", on: tonight.businessOn.toString() }} />
      <div class="bulk-who">
        <p class="label">With the ticked rows</p>
        <Checkbox
          name="everyone"
          value="yes"
          label={`Everyone ${place}: ${peopleWords(tonight.total)}`}
          checked={values.everyone}
        />
        <FieldNotes name="id" label="Rows" error={problems.id} />
      </div>
      <DateField
        name="until"
        label="Hold until"
        value={values.until}
        min={moment.today}
        max={moment.today.add({ days: HOLD_DAYS_MAX })}
        error={problems.until}
        required
      />
      <TextField
        name="reason"
        label="Reason"
        value={values.reason}
        placeholder="Promised to pay on Friday"
        maxLength={200}
        error={problems.reason}
        required
      />
      <div class="bulk-actions">
        <Button kind="primary" name="action" value="hold" icon="hold">Hold</Button>
        {view === "cut" && <Button name="action" value="exclude">Exclude tonight</Button>}
      </div>
    </form>
  );
}
