interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
  readonly color: string;
}

const width = 120;
const height = 22;

/** A line of its own scale: a shape, not a figure; the figure stands beside it. */
export function Sparkline({ values, label, color }: SparklineProps) {
  const max = Math.max(...values, 1e-9);
  const step = width / Math.max(1, values.length - 1);
  const points = values.map(
    (value, index) =>
      `${(index * step).toFixed(1)},${(height - 2 - (value / max) * (height - 4)).toFixed(1)}`,
  );
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke={`var(${color})`}
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
