/** Contrast of colours (WCAG 2.2). */

const A_COLOUR = /^#[0-9a-f]{6}$/i;
export const isColour = (text: string | null): text is string => A_COLOUR.test(text ?? "");

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((place) => parseInt(colour.slice(place, place + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** What the widget writes on a colour: black or white, whichever is readable. */
export const inkOn = (colour: string): string => (luminance(colour) > 0.18 ? "#000000" : "#ffffff");
