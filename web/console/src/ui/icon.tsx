/** Icons: strokes on a grid of 24. */

const PATHS = {
  chats: "M4 6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-6l-5 4v-4H6a2 2 0 0 1-2-2z",
  site: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  people: "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20c0-4 3-6 7-6s7 2 7 6M16 3.500a4 4 0 0 1 0 7M18 14c2.500.700 4 2.700 4 6",
  chart: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  shield: "M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6z",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  phone: "M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A16 16 0 0 1 4 5a1 1 0 0 1 1-1z",
  purchase: "M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zM9 8h6M9 12h6",
  disclosure: "M12 3v18M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
  register: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h4",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  send: "M4 12l16-8-6 16-3-7z",
  note: "M5 3h14v12l-6 6H5zM13 21v-6h6",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  close: "M6 6l12 12M18 6L6 18",
  tick: "M5 12.500l4.500 4.500L19 7",
  ticks: "M2 12.500l4.500 4.500L16 7M11 16l1 1L22 7",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  alert: "M12 4l9 16H3zM12 10v4M12 17v.5",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 7.500V8",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
  up: "M5 15l7-7 7 7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  plus: "M12 5v14M5 12h14",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  mute: "M6 16V11a6 6 0 0 1 9-5M18 12v4l2 2H4M10 21h4M3 3l18 18",
  out: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  key: "M15 3a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM10.500 13.500L3 21M6 18l3 3",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  swap: "M4 8h14l-4-4M20 16H6l4 4",
  menu: "M4 7h16M4 12h16M4 17h16",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M17.500 10h.01M7 14h10",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  star: "M12 3l2.700 5.700 6.300.900-4.500 4.400 1 6.200L12 17.300l-5.500 2.900 1-6.200L3 9.600l6.300-.900z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
