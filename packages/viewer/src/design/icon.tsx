const paths = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  close: 'M4 4l8 8M12 4l-8 8',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6L13 6M13 2.5V6H9.5',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.500A5.500 5.500 0 0 1 6.500 3 5.500 5.500 0 1 0 13 9.500Z',
  help: 'M6 6a2 2 0 1 1 2.800 1.800c-.5.3-.8.6-.8 1.200M8 11.500v.1M8 14.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Z',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4L6 8l4 4',
  clock: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM8 4.500V8l2.500 1.500',
  play: 'M5 3l8 5-8 5Z',
  pause: 'M5 3v10M11 3v10',
  copy: 'M6 6h7v7H6ZM3 10V3h7',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  pin: 'M6 2h4l-.5 5 2 2h-7l2-2ZM8 9v5',
  user: 'M8 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM3 14c.5-3 2.500-4 5-4s4.500 1 5 4',
  file: 'M4 2h5l3 3v9H4ZM9 2v3h3',
  download: 'M8 2v8M5 7l3 3 3-3M3 13.500h10',
  link: 'M7 9a2.500 2.500 0 0 0 3.600.1l2-2A2.500 2.500 0 0 0 9 3.500l-.8.8M9 7a2.500 2.500 0 0 0-3.600-.1l-2 2A2.500 2.500 0 0 0 7 12.500l.8-.8',
  warning: 'M8 2l6.500 11.500h-13ZM8 6.500v3M8 11.500v.1',
  filter: 'M2 3h12l-4.500 5.500V13l-3 1V8.500Z',
  diff: 'M5 2v9M5 11l-2-2M5 11l2-2M11 14V5M11 5L9 7M11 5l2 2',
  external: 'M9 3h4v4M13 3L7.500 8.500M11 9v4H3V5h4',
  settings: 'M2 4h7M12 4h2M2 8h2M7 8h7M2 12h6M11 12h3M9 2.500v3M4.500 6.500v3M8.500 10.500v3',
  menu: 'M2 4h12M2 8h12M2 12h12',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon-glyph" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
