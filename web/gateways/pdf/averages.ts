/** A picture's size in pixels. */
export interface Sides {
  width: number;
  height: number;
}

/** Sharp in print at the size that a logo has on a statement; more would only travel with each of them. */
const LOGO_MAX: Sides = { width: 400, height: 128 };

/** How many pixels a side become one, so that a logo is no larger than it is of use; 1: it is not. */
export function logoStep({ width, height }: Sides): number {
  return Math.ceil(Math.max(width / LOGO_MAX.width, height / LOGO_MAX.height));
}

/** The size after {@linkcode averages}. */
export function smaller({ width, height }: Sides, step: number): Sides {
  return { width: Math.ceil(width / step), height: Math.ceil(height / step) };
}

/** Averages squares of pixels. */
export function averages(pixels: Uint8Array, sides: Sides, step: number, channels: number): Uint8Array {
  const { width, height } = sides;
  const { width: columns, height: rows } = smaller(sides, step);
  const small = new Uint8Array(columns * rows * channels);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let channel = 0; channel < channels; channel++) {
        let total = 0;
        let count = 0;
        for (let y = row * step; y < Math.min(height, (row + 1) * step); y++) {
          for (let x = column * step; x < Math.min(width, (column + 1) * step); x++) {
            total += pixels[(y * width + x) * channels + channel] ?? 0;
            count++;
          }
        }
        small[(row * columns + column) * channels + channel] = Math.round(total / count);
      }
    }
  }
  return small;
}
