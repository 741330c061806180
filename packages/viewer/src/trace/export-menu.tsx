import { useState } from 'react';
import { readToken } from '../app/theme.ts';
import { Icon } from '../design/icon.tsx';
import { Popover } from '../design/popover.tsx';
import { formatCount } from '../time/format.ts';
import { type PictureSource, pictureBlob } from './picture.ts';
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

interface ExportMenuProps {
  readonly document: TraceDocument;
  readonly picture: PictureSource;
}

const noPicture = 'This view has no picture; open the waterfall or a flame graph.';

/** All of the view that is open, not only what the page has room for. */
async function pictureOf(trace: TraceDocument, source: PictureSource): Promise<Blob> {
  const picture = source.current?.();
  if (picture === undefined) throw new Error(noPicture);
  const { outline } = trace;
  const started = new Date(Number(outline.startUnixNano / 1_000_000n)).toISOString();
  const title = `Trace ${outline.traceId}, ${formatCount(outline.size)} spans, started ${started}`;
  const colors = { surface: readToken('--surface'), text: readToken('--text'), muted: readToken('--muted') };
  const blob = await pictureBlob(picture, title, colors);
  if (blob === null) throw new Error('The browser could not draw the picture.');
  return blob;
}

export function ExportMenu({ document: trace, picture }: ExportMenuProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const name = `trace-${trace.outline.traceId.slice(0, 12)}`;
  const run = async (make: () => Promise<Blob>, ending: string, close: () => void) => {
    setBusy(true);
    setProblem(null);
    try {
      download(await make(), name + ending);
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
            onClick={() => void run(() => pictureOf(trace, picture), '.png', close)}
          >
            Picture (PNG)
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
