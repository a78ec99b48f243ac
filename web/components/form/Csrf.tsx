/** Name of the hidden field that carries the session's anti-forgery token in every posting form. */
export const CSRF_FIELD = "_csrf";

/** The hidden token field; put it first in every `<form method="post">`. */
export function Csrf({ token }: { token: string }) {
  return <input type="hidden" name={CSRF_FIELD} value={token} />;
}

/** Further hidden fields of a form, in the order given. */
export function HiddenFields({ values }: { values: Record<string, string> }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
    </>
  );
}
