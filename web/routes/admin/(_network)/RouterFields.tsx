import { useT } from "@/web/components/i18n.ts";
import { CopyBlock } from "@/web/components/CopyBlock.tsx";
import { Disclosure } from "@/web/components/Disclosure.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { ROUTER_USER_LINES } from "./router_state.tsx";
import { ROUTER_MAX } from "@/web/domain/network/limits.ts";

interface RouterFieldsProps {
  values: { name: string; host: string; port: string; username: string };
  problems: Readonly<Record<string, string>>;
  passwordHint: string;
  isPasswordRequired?: boolean | undefined;
}

/** How a router is reached, for a new one and for one that is changed. */
export function RouterFields({ values, problems, passwordHint, isPasswordRequired }: RouterFieldsProps) {
  const t = useT();
  return (
    <>
      <TextField
        name="name"
        label={t("tables.name")}
        hint={t("network.name_hint")}
        value={values.name}
        error={problems.name}
        maxLength={ROUTER_MAX.name}
        required
      />
      <div class="form-row">
        <TextField
          name="host"
          label={t("network.address")}
          hint={t("network.address_hint")}
          value={values.host}
          error={problems.host}
          autocomplete="off"
          mono
          required
        />
        <TextField
          name="port"
          label={t("network.api_port")}
          value={values.port}
          error={problems.port}
          autocomplete="off"
          width="short"
          maxLength={6}
          mono
          required
        />
      </div>
      <div class="form-row">
        <TextField
          name="username"
          label={t("network.user")}
          value={values.username}
          error={problems.username}
          autocomplete="off"
          mono
          required
        />
        <TextField
          name="password"
          label={t("network.password")}
          type="password"
          autocomplete="new-password"
          error={problems.password}
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
