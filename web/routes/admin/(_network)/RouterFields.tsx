import { CopyBlock } from "@/web/components/CopyBlock.tsx";
import { Disclosure } from "@/web/components/Disclosure.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { ROUTER_USER_LINES } from "./router_state.tsx";

interface RouterFieldsProps {
  values: { name: string; host: string; port: string; username: string };
  problems: Readonly<Record<string, string>>;
  passwordHint: string;
  isPasswordRequired?: boolean | undefined;
}

/** How a router is reached, for a new one and for one that is changed. */
export function RouterFields({ values, problems, passwordHint, isPasswordRequired }: RouterFieldsProps) {
  return (
    <>
      <TextField
        name="name"
        label="Name"
        hint="As people here call it, for example Core-1."
        value={values.name}
        error={problems.name}
        maxLength={80}
        required
      />
      <div class="form-row">
        <TextField
          name="host"
          label="Address"
          hint="As the agent reaches it, for example 192.168.88.1."
          value={values.host}
          error={problems.host}
          autocomplete="off"
          mono
          required
        />
        <TextField
          name="port"
          label="API port"
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
          label="User"
          value={values.username}
          error={problems.username}
          autocomplete="off"
          mono
          required
        />
        <TextField
          name="password"
          label="Password"
          type="password"
          autocomplete="new-password"
          error={problems.password}
          required={isPasswordRequired}
        />
      </div>
      <p class="hint">{passwordHint}</p>
      <Disclosure label="Make a user for Linya on the router">
        <CopyBlock
          label="Paste this into the router's terminal, with a password of your own"
          text={ROUTER_USER_LINES}
          hint="The user may read and write, and nothing else: no reboot, no files, no passwords of subscribers."
        />
      </Disclosure>
    </>
  );
}
