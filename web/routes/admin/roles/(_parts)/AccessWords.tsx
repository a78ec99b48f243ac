import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import { permissionGroupWords, permissionWords } from "@/web/components/words/permission_words.ts";
import {
  type Access,
  accessOf,
  type HeldRole,
  isWholeOwner,
  PERMISSION_GROUPS,
  PERMISSIONS,
  ROLE_LIMIT_KINDS,
  ROLE_LIMITS,
  type RoleLimit,
} from "@/web/domain/access/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { DAY_LIMITS } from "@/web/route_table/staff.ts";

interface AccessWordsProps {
  /** Any stack of them. */
  roles: readonly HeldRole[];
  sites: readonly { id: string; name: string }[];
}

/** What roles allow together, in words: by the parts of the product, with sites and limits. */
export function AccessWords({ roles, sites }: AccessWordsProps) {
  const t = useT();
  const access = accessOf(roles);
  if (access.permissions.size === 0) return <p class="note">{t("staff.can_nothing")}</p>;
  if (isWholeOwner(access, PERMISSIONS)) return <p>{t("staff.can_everything")}</p>;
  const groups = PERMISSION_GROUPS.map(({ group, permissions }) => ({
    group,
    allowed: permissions.filter((permission) => access.permissions.has(permission)),
  })).filter(({ allowed }) => allowed.length > 0);
  return (
    <div class="form-row presets">
      {groups.map(({ group, allowed }) => (
        <section key={group}>
          <h3>{permissionGroupWords(t, group)}</h3>
          <ul>
            {allowed.map((permission) => (
              <li key={permission}>
                {permissionWords(t, permission)}
                <Bounds access={access} permission={permission} sites={sites} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Bounds(
  { access, permission, sites }: Pick<AccessWordsProps, "sites"> & { access: Access; permission: string },
) {
  const t = useT();
  const at = access.sitesOf(permission);
  const names = sites.filter(({ id }) => at?.includes(id)).map(({ name }) => name);
  const where = at === null
    ? []
    : [names.length === 0 ? t("staff.at_no_site") : t("staff.only_at", { sites: names.join(", ") })];
  const limits = ROLE_LIMIT_KINDS.filter((kind) => ROLE_LIMITS[kind] === permission).flatMap((kind) => {
    const most = access.limitOf(kind);
    return most === null
      ? []
      : [t("staff.at_most", { what: t(`staff.limit_${kind}`), most: limitText(t, kind, most) })];
  });
  const notes = [...where, ...limits];
  return notes.length === 0 ? null : <span class="note">{` · ${notes.join(" · ")}`}</span>;
}

function limitText(t: Translate, kind: RoleLimit, most: bigint): string {
  return DAY_LIMITS.includes(kind) ? t("staff.days", { n: Number(most) }) : formatPeso(centavos(most));
}
