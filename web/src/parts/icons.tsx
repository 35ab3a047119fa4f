// The glyphs of the layers and states, drawn on a grid of 16.
const shapes: Record<string, string> = {
  scan: 'M2 5V3h2M12 3h2v2M14 11v2h-2M4 13H2v-2M5 6v4M7.5 6v4M10.5 6v4',
  message: 'M2 4h12v8H2zM2 4.5l6 4.5 6-4.5',
  ticket: 'M2 3h12v8H8l-3 3v-3H2z',
  cover: 'M8 2l5 2v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4z',
  claim:
    'M8 2v12M11 4.5c-.6-.9-1.700-1.300-3-1.300-1.700 0-2.800.8-2.800 2.200 0 3.200 6 1.600 6 4.800 0 1.400-1.300 2.300-3.200 2.300-1.500 0-2.700-.5-3.300-1.500',
  invoice_line: 'M4 2h8v12l-2-1.300L8 14l-2-1.300L4 14zM6 5.500h4M6 8.500h4',
  performance: 'M2 13h12M4 13V9M8 13V4M12 13V7',
  return: 'M6 4L3 7l3 3M3 7h7a3 3 0 0 1 0 6H7',
  promise: 'M3 4h10v9H3zM3 7h10M6 2.500V5M10 2.500V5',
  incident: 'M8 2.500l6 11H2zM8 6.500v3.500M8 11.800v.1',
  note: 'M3 13l.6-2.600L10.500 3.500l2 2L5.600 12.400z',
  urgent: 'M8 2.500l6 11H2zM8 6.500v3.500M8 11.800v.1',
  high: 'M8 13V3M4 7l4-4 4 4',
  normal: 'M3 8h10',
  low: 'M8 3v10M4 9l4 4 4-4',
  info: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.500V11M8 5v.1',
  done: 'M3 8.500l3.500 3.500L13 5',
  none: 'M4 8h8',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.300l2.300 1.400',
  shadow: 'M2 8s2.200-4 6-4 6 4 6 4-2.200 4-6 4-6-4-6-4zM3 13L13 3',
  open: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z',
};

export function Icon({ name }: { name: string }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[name] ?? shapes.none} />
    </svg>
  );
}
