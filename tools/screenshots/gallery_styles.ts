/** The gallery's own style sheet: it stands in a folder, without the product's. */
export const GALLERY_STYLES = `
:root {
  color-scheme: light dark;
  --bg: #f6f7f9;
  --text: #15202b;
  --text-2: #465566;
  --line: #dce1e8;
  --link: #2451c7;
}
@media (prefers-color-scheme: dark) {
  :root { --bg: #0d1218; --text: #e7edf3; --text-2: #aebbc9; --line: #2a3644; --link: #8fb2ff; }
}
body {
  max-width: 1600px;
  margin: 0 auto;
  padding: 24px 16px 64px;
  background: var(--bg);
  color: var(--text);
  font: 15px/1.5 system-ui, sans-serif;
}
h1, h2, h3, p { margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { margin: 48px 0 16px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 15px; }
p, span { color: var(--text-2); }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; list-style: none; }
nav a { display: inline-block; min-height: 24px; }
code { font: 600 14px ui-monospace, Menlo, Consolas, monospace; }
article { margin: 0 0 40px; }
.views {
  display: grid;
  grid-template-columns: 128fr 128fr 41fr 41fr;
  gap: 12px;
  margin: 12px 0 0;
  padding: 0;
  list-style: none;
}
.views a { display: block; }
.views img {
  display: block;
  box-sizing: border-box;
  width: 100%;
  height: auto;
  object-fit: cover;
  object-position: top;
  border: 1px solid var(--line);
  border-radius: 6px;
}
.wide img { aspect-ratio: 1280 / 800; }
.phone img { aspect-ratio: 410 / 800; }
.views span { font-size: 13px; }
@media (max-width: 700px) { .views { grid-template-columns: 1fr 1fr; } }
`;
