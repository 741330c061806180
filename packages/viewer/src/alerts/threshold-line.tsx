import { lineParts, scaleTo } from './line-parts.ts';

interface ThresholdLineProps {
  /** One a minute; null: no spans. */
  readonly values: readonly (number | null)[];
  readonly threshold: number;
  readonly comparison: 'above' | 'below';
  readonly label: string;
  readonly className: string;
  /** When it fired, as parts of the width. */
  readonly episodes?: readonly { readonly from: number; readonly to: number }[];
}

const width = 600;
const height = 100;

/** A value's course, with the threshold as a dashed line in its place and what is beyond it in red. */
export function ThresholdLine(props: ThresholdLineProps) {
  const { values, threshold, comparison, label, className, episodes = [] } = props;
  const scale = scaleTo(values, threshold, height);
  const limit = scale(threshold);
  const beyond = comparison === 'above' ? { y: 0, height: limit } : { y: limit, height: height - limit };
  const parts = lineParts(values, { width, scale });
  const clip = `beyond-${label.replaceAll(/\W+/g, '-')}-${className}`;
  return (
    <svg
      className={`threshold-line ${className}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <clipPath id={clip}>
        <rect x="0" width={width} {...beyond} />
      </clipPath>
      {episodes.map(({ from, to }) => (
        <rect
          key={from}
          className="episode"
          x={from * width}
          width={Math.max(2, (to - from) * width)}
          y="0"
          height={height}
        />
      ))}
      {parts.map((points) => (
        <polyline key={points} className="course" points={points} />
      ))}
      <g clipPath={`url(#${clip})`}>
        {parts.map((points) => (
          <polyline key={points} className="course beyond" points={points} />
        ))}
      </g>
      <line className="limit" x1="0" x2={width} y1={limit} y2={limit} />
    </svg>
  );
}
