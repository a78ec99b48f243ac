import { Icon } from "./Icon.tsx";
import { fieldId } from "./Field.tsx";

interface ErrorSummaryProps {
  /** Field name to message; the empty name is for the form as a whole. Nothing is shown when empty. */
  errors: Readonly<Record<string, string>>;
  /** @default "Nothing was saved. Check these fields:" */
  title?: string | undefined;
}

/** What is wrong with a form that was sent, on top of it, with a link to each field. */
export function ErrorSummary(
  { errors, title = "Nothing was saved. Check these fields:" }: ErrorSummaryProps,
) {
  const entries = Object.entries(errors).filter(([name]) => name !== "");
  const general = errors[""];
  if (entries.length === 0 && general === undefined) return null;
  return (
    <div class="banner bad" role="alert" tabindex={-1} id="error-summary">
      <Icon name="bad" />
      <div>
        <div class="banner-title">{general ?? title}</div>
        {entries.length > 0 && (
          <ul>
            {entries.map(([name, message]) => (
              <li>
                <a href={`#${fieldId(name)}`}>{message}</a>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
