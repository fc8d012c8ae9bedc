/** Counts over time. The pointer, or the arrow keys, read out one place after the other. */

import type { TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Bucket } from "./buckets";
import type { Tone } from "./chart-card";
import { number } from "./counts";
import { bar, line, steps } from "./scale";

export interface Series {
  words: string;
  tone: Tone;
  values: number[];
}

interface TimeChartProps {
  /** What it shows, for who cannot see it. */
  label: string;
  buckets: Bucket[];
  /** Drawn in this order, the later over the earlier. */
  series: Series[];
  /** The last place is not over yet. */
  running: boolean;
}

const HEIGHT = 236;
const [TOP, BOTTOM, RIGHT] = [12, 28, 6];
const TICK_WIDTH = 72;
const LEAST_WIDTH = 200;

export function TimeChart({ label, buckets, series, running }: TimeChartProps) {
  const [frame, width] = useWidth();
  const [active, point] = useState<number>();
  const [said, say] = useState("");
  const marks = steps(Math.max(...series.flatMap(({ values }) => values)));
  const left = 14 + 7.5 * number(marks.at(-1) ?? 0).length;
  const slot = (width - left - RIGHT) / buckets.length;
  const ground = HEIGHT - BOTTOM;
  const x = (place: number) => left + slot * (place + 0.5);
  const y = (value: number) => ground - ((ground - TOP) * value) / (marks.at(-1) ?? 1);
  const every = Math.ceil(buckets.length / Math.max(1, Math.floor((width - left) / TICK_WIDTH)));
  const at = (place: number) => `${buckets[place]?.words}: ${series.map(({ words, values }) => `${words} ${number(values[place] ?? 0)}`).join(", ")}`;

  const over = (event: TargetedPointerEvent<SVGSVGElement>) => {
    const place = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - left) / slot);
    point(place >= 0 && place < buckets.length ? place : undefined);
  };
  const press = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const last = buckets.length - 1;
    const from = active ?? (event.key === "ArrowLeft" ? last + 1 : -1);
    const to = { ArrowLeft: Math.max(0, from - 1), ArrowRight: Math.min(last, from + 1), Home: 0, End: last }[event.key];
    if (event.key === "Escape") point(undefined);
    if (to === undefined) return;
    event.preventDefault();
    point(to);
    say(at(to));
  };

  return (
    <div class="time-chart" ref={frame}>
      <div class="plot" role="img" aria-label={`${label} The arrow keys read it out.`} tabIndex={0} onKeyDown={press} onBlur={() => point(undefined)}>
      <svg width={width} height={HEIGHT} aria-hidden="true" onPointerMove={over} onPointerDown={over} onPointerLeave={() => point(undefined)}>
        {marks.map((mark) => (
          <g key={mark}>
            <line class="grid" x1={left} x2={width - RIGHT} y1={y(mark)} y2={y(mark)} />
            <text class="tick" x={left - 8} y={y(mark) + 4} text-anchor="end">
              {number(mark)}
            </text>
          </g>
        ))}
        {active !== undefined && <rect class="active" x={x(active) - slot / 2} y={TOP} width={slot} height={ground - TOP} />}
        {series.map((one) => (
          <Drawn key={one.words} series={one} running={running && one.tone !== "earlier"} {...{ x, y, slot, ground }} />
        ))}
        {active !== undefined && series.map(({ tone, values }) => tone !== "bars" && <circle key={tone} class={`here ${tone}`} cx={x(active)} cy={y(values[active] ?? 0)} r={4} />)}
        {buckets.map(({ tick }, place) => (buckets.length - 1 - place) % every === 0 && x(place) > left + 16 && (
          <text class="tick" key={place} x={Math.min(x(place), width - 24)} y={HEIGHT - 8} text-anchor="middle">
            {tick}
          </text>
        ))}
      </svg>
      </div>
      {active !== undefined && <Reading bucket={buckets[active]} {...{ series, active }} left={x(active)} share={active / buckets.length} running={running && active === buckets.length - 1} />}
      <span class="unseen" aria-live="polite">
        {said}
      </span>
    </div>
  );
}

interface DrawnProps {
  series: Series;
  x: (place: number) => number;
  y: (value: number) => number;
  slot: number;
  ground: number;
  running: boolean;
}

function Drawn({ series: { tone, values }, x, y, slot, ground, running }: DrawnProps) {
  if (tone === "bars") {
    const wide = Math.min(slot * 0.7, 34);
    return (
      <g class="bars">
        {values.map((value, place) => (
          <path key={place} class={running && place === values.length - 1 ? "running" : ""} d={bar(x(place) - wide / 2, y(value), wide, ground)} />
        ))}
      </g>
    );
  }
  const points = values.map((value, place): [number, number] => [x(place), y(value)]);
  // What is still being counted looks as if it fell: it is drawn apart.
  const over = running && points.length > 1 ? points.slice(0, -1) : points;
  return (
    <g class={`curve ${tone}`}>
      {tone === "line" && <path class="below" d={`${line(over)}L${x(over.length - 1)} ${ground}L${x(0)} ${ground}z`} />}
      <path class="stroke" d={line(over)} />
      {over !== points && <path class="stroke running" d={line(points.slice(-2))} />}
    </g>
  );
}

function Reading({ bucket, series, active, left, share, running }: { bucket: Bucket | undefined; series: Series[]; active: number; left: number; share: number; running: boolean }) {
  return (
    <div class="reading" aria-hidden="true" style={{ left: `${left}px`, translate: `${-share * 100}% 0` }}>
      <strong>
        {bucket?.words}
        {running && ", so far"}
      </strong>
      {series.map(({ words, tone, values }) => (
        <span key={words}>
          <i class={`key ${tone}`} /> {words} <b>{number(values[active] ?? 0)}</b>
        </span>
      ))}
    </div>
  );
}

/** The width of an element, as it is now; while it is not laid out yet, the least. */
function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, set] = useState(600);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => set(Math.max(LEAST_WIDTH, element.clientWidth));
    measure();
    const watching = new ResizeObserver(measure);
    watching.observe(element);
    return () => watching.disconnect();
  }, []);
  return [frame, width] as const;
}
