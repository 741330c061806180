import { useState } from 'react';
import type { JsonValue } from '../../api/types.ts';
import { ScrollingText } from '../../design/scrolling-text.tsx';
import { formatCount } from '../../time/format.ts';

/** Longer values are cut until one asks for more: a megabyte in the DOM freezes the page. */
const shortLength = 320;
const longLength = 200_000;

export function valueText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : String(value);
}

/** Only addresses of the web become links: a trace may hold `javascript:` and worse. */
export function webAddress(text: string): string | null {
  if (!/^https?:\/\/\S+$/i.test(text) || text.length > 2000) return null;
  return URL.canParse(text) ? text : null;
}

export function AttributeText({ value }: { value: JsonValue }) {
  const [open, setOpen] = useState(false);
  const text = valueText(value);
  if (text.length <= shortLength) {
    const address = webAddress(text);
    if (address !== null) {
      return (
        <a href={address} target="_blank" rel="noopener noreferrer" className="value">
          {text}
        </a>
      );
    }
    return <span className={`value value-${typeof value}`}>{text === '' ? <em>empty</em> : text}</span>;
  }
  return (
    <span className="value">
      {open ? <ScrollingText>{text.slice(0, longLength)}</ScrollingText> : `${text.slice(0, shortLength)}…`}{' '}
      <button type="button" className="more-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'less' : `all ${formatCount(text.length)} characters`}
      </button>
      {open && text.length > longLength && (
        <span className="faint"> The first {formatCount(longLength)}; copy the value to have all of it.</span>
      )}
    </span>
  );
}
