import { useT } from "@/web/components/i18n.ts";
import { Checkbox } from "@/web/components/form/SelectField.tsx";
import { fieldId } from "@/web/components/form/Field.tsx";
import { type Access, missingToGive } from "@/web/domain/access/mod.ts";
import type { RoleRow } from "@/web/store/access/roles.ts";

interface RoleTicksProps {
  label: string;
  hint?: string;
  roles: readonly RoleRow[];
  chosen: readonly string[];
  /** Of whoever chooses: they give what they have. */
  giver: Access | undefined;
  error?: string | undefined;
}

/** Roles to choose from, any number; what goes beyond one's own cannot be given. */
export function RoleTicks({ label, hint, roles, chosen, giver, error }: RoleTicksProps) {
  const t = useT();
  return (
    <fieldset class="field" id={fieldId("role")} tabindex={-1}>
      <legend class="label">{label}</legend>
      {hint && <div class="hint">{hint}</div>}
      {roles.map((role) => {
        const isBeyond = giver !== undefined && missingToGive(giver, [role]).length > 0;
        const isChosen = chosen.includes(role.id);
        return (
          <Checkbox
            key={role.id}
            id={`role-${role.id}`}
            name="role"
            value={role.id}
            label={role.name}
            hint={isBeyond ? t("staff.beyond") : undefined}
            checked={isChosen}
            disabled={isBeyond && !isChosen}
            required={false}
          />
        );
      })}
      {error && <div class="error">{error}</div>}
    </fieldset>
  );
}
