import { useState } from 'react';
import { Icon } from '../design/icon.tsx';
import { Popover } from '../design/popover.tsx';
import type { ExportFormat, TraceDocument } from './trace-document.ts';

const formats: readonly { format: ExportFormat; label: string; ending: string }[] = [
  { format: 'json', label: 'JSON', ending: '.json' },
  { format: 'otlp', label: 'OTLP JSON', ending: '.otlp.json' },
  { format: 'chrome', label: 'Chrome trace, for Perfetto', ending: '.chrome.json' },
];

function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** What is shown now, on a background of its own. */
function pictureOf(container: HTMLElement | null): Promise<Blob | null> {
  const canvas = container?.querySelector<HTMLCanvasElement>('canvas.picture-source');
  if (canvas == null) return Promise.resolve(null);
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  if (context === null) return Promise.resolve(null);
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--surface');
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return new Promise((resolve) => {
    copy.toBlob(resolve, 'image/png');
  });
}

export function ExportMenu({ document: trace }: { document: TraceDocument }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const name = `trace-${trace.outline.traceId.slice(0, 12)}`;
  const run = async (make: () => Promise<Blob | null>, ending: string, close: () => void) => {
    setBusy(true);
    setProblem(null);
    try {
      const blob = await make();
      if (blob === null) throw new Error('This view has no picture; open the waterfall or the flame graph.');
      download(blob, name + ending);
      close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Popover
      end
      label={
        <>
          <Icon name="download" /> Export
        </>
      }
    >
      {(close) => (
        <>
          {formats.map(({ format, label, ending }) => (
            <button
              key={format}
              type="button"
              className="menu-item"
              disabled={busy}
              onClick={() => void run(() => trace.exportAs(format), ending, close)}
            >
              {label}
            </button>
          ))}
          <button
            type="button"
            className="menu-item"
            disabled={busy}
            onClick={() =>
              void run(() => pictureOf(document.querySelector<HTMLElement>('.trace-main')), '.png', close)
            }
          >
            Picture of this view (PNG)
          </button>
          {problem !== null && (
            <p className="menu-item bad" role="alert">
              {problem}
            </p>
          )}
        </>
      )}
    </Popover>
  );
}
