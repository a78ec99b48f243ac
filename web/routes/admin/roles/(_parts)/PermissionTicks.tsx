import { useT } from "@/web/components/i18n.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { fieldId } from "@/web/components/form/Field.tsx";
import { Checkbox } from "@/web/components/form/SelectField.tsx";
import { permissionWords } from "@/web/components/words/permission_words.ts";
import type { Access } from "@/web/domain/access/mod.ts";
import { openToAll, type PermissionPlace, permissionPlaces } from "./permission_places.ts";

interface PermissionTicksProps {
  table: readonly RouteEntry[];
  chosen: ReadonlySet<string>;
  /** What whoever looks may give; undefined where nothing can be changed. */
  giver: Access | undefined;
  error?: string | undefined;
}

/** Every page and endpoint below the menu's entries, with the permission that opens it as a tick box. */
export function PermissionTicks({ table, chosen, giver, error }: PermissionTicksProps) {
  const t = useT();
  return (
    <div class="stack" id={fieldId("permission")} tabindex={-1}>
      {error && <div class="error">{error}</div>}
      <div class="form-row presets">
        {permissionPlaces(table).map(({ nav, places }) => (
          <Card key={nav} title={nav === null ? t("staff.group_other") : t(`shell.nav_${nav}`)}>
            <div class="stack stack-tight">
              {places.map((place) => (
                <div key={place.permission}>
                  <Tick place={place} isChosen={chosen.has(place.permission)} giver={giver} />
                  <Opens entries={place.opens} />
                </div>
              ))}
            </div>
          </Card>
        ))}
      </div>
      <Disclosure label={t("staff.for_all")}>
        <Entries entries={openToAll(table)} />
      </Disclosure>
    </div>
  );
}

function Tick(
  { place: { permission }, isChosen, giver }: {
    place: PermissionPlace;
    isChosen: boolean;
    giver: Access | undefined;
  },
) {
  const t = useT();
  const isOwn = giver?.permissions.has(permission) ?? false;
  return (
    <Checkbox
      id={`permission-${permission.replace(":", "-")}`}
      name="permission"
      value={permission}
      label={permissionWords(t, permission)}
      hint={giver !== undefined && !isOwn ? t("staff.not_yours") : undefined}
      checked={isChosen}
      disabled={giver === undefined || !isOwn && !isChosen}
    />
  );
}

function Opens({ entries }: { entries: readonly RouteEntry[] }) {
  const t = useT();
  if (entries.length === 0) return <p class="note">{t("staff.opens_inside")}</p>;
  return (
    <Disclosure label={t("staff.opens", { n: entries.length })}>
      <Entries entries={entries} />
    </Disclosure>
  );
}

/** As the route table prints them, which is in English. */
function Entries({ entries }: { entries: readonly RouteEntry[] }) {
  return (
    <ul class="routes" lang="en">
      {entries.map(({ method, pattern, summary }) => (
        <li key={`${method} ${pattern}`}>
          {summary} <CodeText>{`${method} ${pattern}`}</CodeText>
        </li>
      ))}
    </ul>
  );
}
