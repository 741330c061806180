import type { ReactNode } from 'react';

/** Text as it was written, in a box that scrolls. */
export function ScrollingText({ children }: { children: ReactNode }) {
  return (
    <pre
      className="scrolling-text scroll"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by key
      tabIndex={0}
    >
      {children}
    </pre>
  );
}
