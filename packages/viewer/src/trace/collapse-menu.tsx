import { Icon } from '../design/icon.tsx';
import { Popover } from '../design/popover.tsx';
import { ServiceSwatch } from '../design/service-chip.tsx';
import type { Analysis } from './use-analysis.ts';
import type { Collapse } from './use-collapse.ts';

const depths = [0, 1, 2, 3, 5, 8];

export function CollapseMenu({ analysis, collapse }: { analysis: Analysis; collapse: Collapse }) {
  return (
    <Popover
      label={
        <>
          Collapse <Icon name="down" />
        </>
      }
    >
      {() => (
        <>
          <button type="button" className="menu-item" onClick={collapse.expandAll}>
            Expand all
          </button>
          <div className="menu-item">
            To depth
            {depths.map((depth) => (
              <button
                key={depth}
                type="button"
                className="button small"
                aria-pressed={collapse.rules.depth === depth}
                onClick={() => collapse.toDepth(depth)}
              >
                {depth}
              </button>
            ))}
          </div>
          <h3 className="menu-item muted">Calls of a service</h3>
          {analysis.outline.services.slice(0, 60).map((name) => (
            <button
              key={name}
              type="button"
              className="menu-item"
              aria-pressed={collapse.rules.services.includes(name)}
              onClick={() => collapse.toggleService(name)}
            >
              <ServiceSwatch name={name} />
              <span className="clip">{name === '' ? '(no service)' : name}</span>
              <span className="spread" />
              {collapse.rules.services.includes(name) && <Icon name="check" />}
            </button>
          ))}
        </>
      )}
    </Popover>
  );
}
