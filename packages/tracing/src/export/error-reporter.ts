/** What went wrong while tracing; docs/errors.md. */
export type ReportCode =
  | 'UNREACHABLE'
  | 'REFUSED'
  | 'QUEUE_FULL'
  | 'BAD_SPAN'
  | 'HOST_CODE'
  | 'NEVER_ENDED'
  | 'LOADED_TOO_EARLY';

/** Is told the first problem of each kind, with what to do about it. What it throws or rejects with is dropped. */
export type Report = (report: { code: ReportCode; message: string; nextStep: string }) => void;

const NEXT_STEP: Readonly<Record<ReportCode, string>> = {
  UNREACHABLE:
    'is a collector listening there? Set OTEL_EXPORTER_OTLP_ENDPOINT, or run `npx utxoiq-tracing doctor`; spans wait and are sent when it answers',
  REFUSED: 'check the endpoint (does its path end in /v1/traces?), the credentials and the project',
  QUEUE_FULL: 'the collector is away or too slow; raise `maxQueueBytes` or sample',
  BAD_SPAN: 'this span is lost, the others are not; please report it',
  HOST_CODE: 'tracing goes on without it',
  NEVER_ENDED:
    'stop() after the last response; look for startSpan() without end() on every way out, errors too (`metrics().openSpans` counts them)',
  LOADED_TOO_EARLY:
    'make the instrumentations before anything else is loaded: in a file of its own, `node --import ./tracing.mjs app.js`',
};

/** Tells the first failure of each kind, and again only after things had gone well. Never throws. */
export class ErrorReporter {
  private readonly out: Report;
  private readonly told = new Set<ReportCode>();

  constructor(out: Report = warn) {
    this.out = out;
  }

  report(code: ReportCode, message: string, nextStep: string = NEXT_STEP[code]): void {
    if (this.told.has(code)) return;
    this.told.add(code);
    const nobodyLeftToTell = () => {};
    try {
      const given: unknown = this.out({ code, message, nextStep });
      // An async function of the host's: its failure is not to end the process.
      if (given instanceof Promise) given.catch(nobodyLeftToTell);
    } catch {
      nobodyLeftToTell();
    }
  }

  recovered(): void {
    if (this.told.size > 0) this.told.delete('UNREACHABLE');
  }
}

const warn: Report = ({ code, message, nextStep }) => {
  process.emitWarning(`${message}; ${nextStep}`, { type: 'TracingWarning', code });
};
