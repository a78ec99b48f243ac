import type { z } from "zod";
import { err, type Failure } from "@/shared/result.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { fieldId } from "@/web/components/form/Field.tsx";
import { Checkbox, RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { ROLE_LIMIT_KINDS } from "@/web/domain/access/mod.ts";
import { DAY_LIMITS, type roleForm } from "@/web/route_table/staff.ts";
import type { RoleContent } from "@/web/store/access/roles.ts";
import { PermissionTicks } from "./PermissionTicks.tsx";

/** Names of the fields of the form of a role. */
export const ROLE_LABELS = {
  name: "staff.role_name",
  permission: "staff.permissions",
  where: "staff.where",
  site: "staff.sites",
  discount_centavos: "staff.limit_discount_centavos",
  credit_centavos: "staff.limit_credit_centavos",
  void_centavos: "staff.limit_void_centavos",
  reverse_centavos: "staff.limit_reverse_centavos",
  refund_centavos: "staff.limit_refund_centavos",
  backdating_days: "staff.limit_backdating_days",
  hold_days: "staff.limit_hold_days",
} as const;

type RoleField = keyof typeof ROLE_LABELS;

/** What the fields hold of a role. */
export function roleValues(role: RoleContent) {
  const limits = ROLE_LIMIT_KINDS.map((kind) => {
    const most = role.limits[kind];
    const text = DAY_LIMITS.includes(kind) ? String(most) : formatCentavosPlain(centavos(most ?? 0n));
    return [kind, most === undefined ? "" : text] as const;
  });
  return {
    ...Object.fromEntries(limits),
    name: role.name,
    permission: [...role.permissions],
    where: role.siteIds === null ? "everywhere" : "sites",
    site: [...role.siteIds ?? []],
  };
}

/** The role that a form holds. */
export function roleOf(input: z.output<typeof roleForm>): RoleContent {
  const limits = ROLE_LIMIT_KINDS.flatMap((kind) => {
    const most = input[kind];
    return most === null ? [] : [[kind, most] as const];
  });
  return {
    name: input.name,
    permissions: input.permission,
    siteIds: input.where === "sites" ? input.site : null,
    limits: Object.fromEntries(limits),
  };
}

/** A role for some sites that names none would show nothing: that is nobody's wish. */
export function needsSite({ siteIds }: RoleContent): Failure<"role_site_needed"> | null {
  return siteIds?.length === 0 ? err("role_site_needed") : null;
}

/** The controls of a role: name, where it counts, pages and actions one by one, limits. */
export function RoleFields(
  { view }: { view: FormView<{ sites: readonly { id: string; name: string }[] }, RoleField> },
) {
  const { t, field, many, state, problems, loaded: { sites } } = view;
  const { access } = requireSession(state);
  return (
    <>
      <TextField {...field("name")} />
      <RadioCards
        {...field("where")}
        required={false}
        options={[
          { value: "everywhere", label: t("staff.everywhere"), note: t("staff.everywhere_note") },
          { value: "sites", label: t("staff.some_sites"), note: t("staff.some_sites_note") },
        ]}
        row
      />
      <fieldset class="field" id={fieldId("site")} tabindex={-1}>
        <legend class="label">{t("staff.sites")}</legend>
        {sites.map(({ id, name }) => (
          <Checkbox
            key={id}
            id={`site-${id}`}
            name="site"
            value={id}
            label={name}
            checked={many("site").includes(id)}
          />
        ))}
        {problems.site && <div class="error">{problems.site}</div>}
      </fieldset>
      <h2>{t("staff.permissions")}</h2>
      <PermissionTicks
        table={state.table}
        chosen={new Set(many("permission"))}
        giver={access}
        error={problems.permission}
      />
      <Card title={t("staff.limits")}>
        <p class="note">{t("staff.limits_note")}</p>
        <div class="form-row">
          {ROLE_LIMIT_KINDS.map((kind) => (
            <TextField
              key={kind}
              {...field(kind)}
              hint={t(DAY_LIMITS.includes(kind) ? "staff.in_days" : "staff.in_pesos")}
              width="short"
              required={false}
            />
          ))}
        </div>
      </Card>
    </>
  );
}
