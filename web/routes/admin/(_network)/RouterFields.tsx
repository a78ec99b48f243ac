import type { FormView } from "@/web/app/form/form_types.ts";
import { CopyBlock } from "@/web/components/facts/CopyBlock.tsx";
import { Disclosure } from "@/web/components/facts/Disclosure.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { ROUTER_USER_LINES } from "./router_state.tsx";

/** What the fields of a router are called. */
export const ROUTER_LABELS = {
  name: "tables.name",
  host: "network.address",
  port: "network.api_port",
  username: "network.user",
  password: "network.password",
} as const;

interface RouterFieldsProps {
  form: Pick<FormView<unknown, keyof typeof ROUTER_LABELS>, "field" | "t">;
  passwordHint: string;
  isPasswordRequired?: boolean | undefined;
}

/** How a router is reached, for a new one and for one that is changed. */
export function RouterFields({ form: { field, t }, passwordHint, isPasswordRequired }: RouterFieldsProps) {
  return (
    <>
      <TextField {...field("name")} hint={t("network.name_hint")} />
      <div class="form-row">
        <TextField {...field("host")} hint={t("network.address_hint")} autocomplete="off" mono />
        <TextField {...field("port")} autocomplete="off" width="short" maxLength={6} mono />
      </div>
      <div class="form-row">
        <TextField {...field("username")} autocomplete="off" mono />
        <TextField
          {...field("password")}
          type="password"
          autocomplete="new-password"
          required={isPasswordRequired}
        />
      </div>
      <p class="hint">{passwordHint}</p>
      <Disclosure label={t("network.make_user")}>
        <CopyBlock
          label={t("network.paste")}
          text={ROUTER_USER_LINES}
          hint={t("network.paste_hint")}
        />
      </Disclosure>
    </>
  );
}
