/** Where numbers stand in a chart. */

/** Round steps from 0 to at least `most`, about four; whole ones, for they count things. */
export function steps(most: number): number[] {
  const rough = Math.max(1, most) / 4;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 2.5, 5, 10].find((one) => one * ten >= rough) ?? 10) * ten);
  const whole = Number.isInteger(step) ? step : Math.ceil(step);
  return Array.from({ length: Math.ceil(Math.max(1, most) / whole) + 1 }, (_, place) => place * whole);
}

/** A bar that stands on the ground, its upper corners round. */
export function bar(x: number, y: number, width: number, ground: number): string {
  const round = Math.min(4, width / 2, ground - y);
  if (ground - y < 0.5) return "";
  return `M${x} ${ground}V${y + round}q0-${round} ${round}-${round}h${width - 2 * round}q${round} 0 ${round} ${round}V${ground}z`;
}

export const line = (points: [number, number][]): string => points.map(([x, y], place) => `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
