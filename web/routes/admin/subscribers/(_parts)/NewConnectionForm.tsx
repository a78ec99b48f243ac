import type { ComponentChildren } from "preact";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { FormParts } from "@/web/app/form/define_form.tsx";
import FormPreview from "@/web/islands/FormPreview.tsx";
import { PppWarnings } from "./DuplicatesPart.tsx";
import { FirstBillCard } from "./FirstBillCard.tsx";
import type { NewConnectionView } from "./load_new.ts";

interface NewConnectionFormProps {
  /** Of the form; the preview reads it. */
  id: string;
  parts: FormParts;
  view: NewConnectionView;
  /** Cards before that of the connection. */
  before?: ComponentChildren;
  title?: string | undefined;
  verb: string;
  backHref: string;
  /** Parts that the preview renews besides the first bill and the warnings. */
  regions?: readonly string[] | undefined;
}

/** The frame of the forms that add a connection: the fields, and beside them the first bill that they lead to. */
export function NewConnectionForm(props: NewConnectionFormProps) {
  const { id, parts, view, regions = [] } = props;
  const t = useT();
  return (
    <>
      {parts.header}
      <form id={id} {...parts.attributes}>
        {parts.start}
        <Columns
          main={
            <>
              {parts.summary}
              {props.before}
              <Card title={props.title}>
                <div class="form">
                  {parts.fields}
                  <div id="ppp-warnings" class="stack" aria-live="polite">
                    <PppWarnings view={view} />
                  </div>
                  <div class="form-actions">
                    <Button kind="primary" name="intent" value="save">{props.verb}</Button>
                    <Button name="intent" value="preview" noValidate>{t("subscribers.preview")}</Button>
                    <LinkButton kind="quiet" href={props.backHref}>{t("subscribers.back")}</LinkButton>
                  </div>
                </div>
              </Card>
            </>
          }
          side={
            <div id="first-bill">
              <FirstBillCard view={view} />
            </div>
          }
        />
      </form>
      <FormPreview
        form={id}
        regions={["first-bill", "first-purchase", "ppp-warnings", ...regions]}
        placeholders={["ppp"]}
      />
    </>
  );
}
