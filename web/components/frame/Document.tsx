import type { ComponentChildren } from "preact";

interface DocumentProps {
  /** Page title; the tenant's or the product's name follows it. */
  title: string;
  suffix?: string | undefined;
  /** @default "en" */
  lang?: string | undefined;
  /** Address of admin.css, with its version. @default "/static/admin.css" */
  stylesheet?: string | undefined;
  /** Further head elements: island scripts with their nonce. */
  head?: ComponentChildren;
  children: ComponentChildren;
}

/** The whole HTML page around a shell. */
export function Document(props: DocumentProps) {
  const { title, suffix = "Linya", stylesheet = "/static/admin.css", head, children } = props;
  return (
    <html lang={props.lang ?? "en"}>
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · ${suffix}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f6f7f9" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0d1218" media="(prefers-color-scheme: dark)" />
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={stylesheet} />
        {head}
      </head>
      <body>{children}</body>
    </html>
  );
}
