import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { JsonAttributes } from '../../api/types.ts';
import type { UrlState } from '../../app/url-state.ts';
import { CopyButton } from '../../design/copy-button.tsx';
import { Icon } from '../../design/icon.tsx';
import { equalsTerm } from '../../explore/filter-terms.ts';
import { AttributeText, valueText } from './attribute-value.tsx';

interface AttributeTableProps {
  readonly title: string;
  readonly attributes: JsonAttributes;
  /** The search for all spans like this; absent where no platform could answer it. */
  readonly searchFor?: (filter: string) => UrlState;
  readonly open?: boolean;
}

/** Key and value in rows, each with what one does with it. */
export function AttributeTable({ title, attributes, searchFor, open = true }: AttributeTableProps) {
  const [find, setFind] = useState('');
  const entries = Object.entries(attributes);
  const needle = find.toLowerCase();
  const shown =
    needle === ''
      ? entries
      : entries.filter(([key, value]) =>
          `${key} ${valueText(value).slice(0, 10_000)}`.toLowerCase().includes(needle),
        );
  if (entries.length === 0) return null;
  return (
    <details className="section" open={open}>
      <summary>
        {title} <span className="faint">{entries.length}</span>
      </summary>
      {entries.length > 12 && (
        <input
          className="field section-find"
          aria-label={`Find in ${title}`}
          placeholder="Find a key or value…"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      )}
      <dl className="attributes">
        {shown.map(([key, value]) => (
          <div key={key}>
            <dt className="mono">{key}</dt>
            <dd className="mono">
              <AttributeText value={value} />
            </dd>
            <dd className="attribute-actions">
              {searchFor !== undefined && valueText(value).length < 500 && (
                <Link
                  className="button plain icon small"
                  to="/"
                  search={searchFor(equalsTerm(key, valueText(value)))}
                  aria-label={`Filter for ${key} ${valueText(value).slice(0, 60)}`}
                  title="Filter for this value"
                >
                  <Icon name="filter" />
                </Link>
              )}
              <CopyButton text={() => valueText(value)} what={`the value of ${key}`} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
