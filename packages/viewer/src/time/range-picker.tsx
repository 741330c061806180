import { type FormEvent, useState } from 'react';
import { tickClock, useClock } from '../app/clock.ts';
import { useUrlState } from '../app/url-state.ts';
import { Icon } from '../design/icon.tsx';
import { Popover } from '../design/popover.tsx';
import { formatDateTime } from './format.ts';
import {
  absoluteText,
  defaultRange,
  isRelative,
  parseMoment,
  rangePresets,
  resolveRange,
  widened,
} from './range.ts';
import './range-picker.css';

const unitNames: Readonly<Record<string, string>> = {
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
};

function rangeLabel(from: string, to: string, nowMs: number): string {
  const preset = rangePresets.find((one) => one.from === from && to === 'now');
  if (preset !== undefined) return preset.label;
  const relative = from.match(/^now-(\d+)([smhdw])$/);
  if (relative !== null && to === 'now') return `Last ${relative[1]} ${unitNames[relative[2] ?? 's']}`;
  const range = resolveRange({ from, to }, nowMs);
  const start = formatDateTime(range.startMs);
  const end = formatDateTime(range.endMs);
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start.slice(5, 19)} to ${end.slice(sameDay ? 11 : 5, 19)}`;
}

function AbsoluteForm({ close }: { close: () => void }) {
  const [state, update] = useUrlState();
  const nowMs = useClock();
  const range = resolveRange(
    { ...(state.from && { from: state.from }), ...(state.to && { to: state.to }) },
    nowMs,
  );
  const [from, setFrom] = useState(formatDateTime(range.startMs));
  const [to, setTo] = useState(formatDateTime(range.endMs));
  const fromMs = parseMoment(from, Date.now());
  const toMs = parseMoment(to, Date.now());
  const problem =
    fromMs === null || toMs === null
      ? 'Write moments as 2026-01-31 14:05:00, with Z for UTC, or as now-2h.'
      : fromMs >= toMs
        ? 'The start has to lie before the end.'
        : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fromMs === null || toMs === null || problem !== null) return;
    update({ ...absoluteText({ startMs: fromMs, endMs: toMs }), live: undefined, sel: undefined });
    close();
  };
  return (
    <form className="range-form" onSubmit={submit}>
      <label className="stack">
        From
        <input className="field mono" value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className="stack">
        To
        <input className="field mono" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      {problem !== null && (
        <p className="bad" role="alert">
          {problem}
        </p>
      )}
      <button className="button primary" type="submit" disabled={problem !== null}>
        Apply
      </button>
    </form>
  );
}

/** Presets, an absolute range and steps through time. */
export function RangePicker() {
  const [state, update] = useUrlState();
  const nowMs = useClock();
  const from = state.from ?? defaultRange.from;
  const to = state.to ?? defaultRange.to;
  const range = resolveRange({ from, to }, nowMs);
  const shift = (share: number) => {
    const by = (range.endMs - range.startMs) * share;
    update({
      ...absoluteText({ startMs: range.startMs + by, endMs: range.endMs + by }),
      live: undefined,
      sel: undefined,
    });
  };
  return (
    <div className="line range-picker">
      <button
        type="button"
        className="button icon wide-only"
        onClick={() => shift(-1)}
        aria-label="Earlier"
        title="One range earlier"
      >
        <Icon name="left" />
      </button>
      <Popover
        end
        label={
          <>
            <Icon name="clock" />
            <span>{rangeLabel(from, to, nowMs)}</span>
            <Icon name="down" />
          </>
        }
      >
        {(close) => (
          <div className="range-menu">
            <div>
              {rangePresets.map((preset) => (
                <button
                  key={preset.from}
                  type="button"
                  className="menu-item"
                  aria-pressed={preset.from === from && to === 'now'}
                  onClick={() => {
                    tickClock();
                    update({ from: preset.from, to: undefined, sel: undefined });
                    close();
                  }}
                >
                  {preset.label}
                </button>
              ))}
              <button
                type="button"
                className="menu-item"
                onClick={() => {
                  update({ ...absoluteText(widened(range, 3, Date.now())), sel: undefined });
                  close();
                }}
              >
                Three times as long
              </button>
            </div>
            <AbsoluteForm close={close} />
          </div>
        )}
      </Popover>
      <button
        type="button"
        className="button icon wide-only"
        onClick={() => shift(1)}
        disabled={isRelative({ to })}
        aria-label="Later"
        title="One range later"
      >
        <Icon name="right" />
      </button>
    </div>
  );
}
