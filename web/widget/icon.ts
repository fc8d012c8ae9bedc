/** Drawings, all of one line in a square of 24. */

export const BUBBLE = "M12 4c4.7 0 8.5 3.2 8.5 7.3s-3.8 7.2-8.5 7.2a10 10 0 0 1-2.6-.3L5.2 20l.9-3.7a6.9 6.9 0 0 1-2.6-5C3.5 7.2 7.3 4 12 4z";

export function icon(path: string): SVGElement {
  const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag)) as [SVGElement, SVGElement];
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
