import { encode } from "uqr";

interface QrPictureProps {
  text: string;
  /** What it is, for who cannot see it. */
  label: string;
}

/** Light modules around a code, without which cameras do not find it. */
const QUIET = 4;

/** A QR code, dark on white whatever the page looks like: cameras read no other reliably. */
export function QrPicture({ text, label }: QrPictureProps) {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  const dark = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => isDark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])
  );
  const side = size + 2 * QUIET;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      width="220"
      height="220"
      shape-rendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={dark.join("")} fill="#000" />
    </svg>
  );
}
