import { Icon } from "@/web/components/facts/Icon.tsx";
import { fieldId } from "./Field.tsx";
import { useT } from "@/web/components/i18n.ts";

interface ErrorSummaryProps {
  /** Field name to message; the empty name is for the form as a whole. Nothing is shown when empty. */
  errors: Readonly<Record<string, string>>;
  /** Names of the fields, said before what is wrong with them. */
  labels?: Readonly<Record<string, string>> | undefined;
  /** @default "Nothing was saved. Check these fields:" in the page's language */
  title?: string | undefined;
}

/**
 * What is wrong with a form that was sent, on top of it, with a link to each field. The focus goes to it, without scripts
 * too: it is the first on the page that asks for it.
 */
export function ErrorSummary(
  { errors, labels = {}, title }: ErrorSummaryProps,
) {
  const t = useT();
  const entries = Object.entries(errors).filter(([name]) => name !== "");
  const general = errors[""];
  if (entries.length === 0 && general === undefined) return null;
  return (
    <div class="banner bad" role="alert" tabindex={-1} id="error-summary" autofocus>
      <Icon name="bad" />
      <div>
        <div class="banner-title">{general ?? title ?? t("states.errors_title")}</div>
        {entries.length > 0 && (
          <ul>
            {entries.map(([name, message]) => (
              <li>
                <a href={`#${fieldId(name)}`}>
                  {labels[name] === undefined ? message : `${labels[name]}: ${message}`}
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
